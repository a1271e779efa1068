"""Prices as JSON; amounts are decimal strings."""

from typing import Any

from xiangsheng.core.price import Caching, ListedPrice, Source, UnknownPrice
from xiangsheng.verbs.prices import Shown


def price(listed: ListedPrice) -> dict[str, Any]:
    return {
        "name": listed.name,
        "provider": listed.provider,
        "model": listed.model,
        "variant": listed.variant,
        "tuned": listed.tuned,
        "kind": listed.kind_name,
        "amount": str(listed.amount),
        "currency": listed.currency,
        "per": str(listed.per),
        "from": listed.term.since,
        "to": listed.term.until,
        "hours": listed.hours.name if listed.hours else None,
        "region": listed.region,
        "state": listed.state,
        "note": listed.note,
        "sources": [source.key for source in listed.sources],
        "place": listed.place,
    }


def source(told: Source) -> dict[str, Any]:
    return {
        "where": told.where,
        "dated": told.dated,
        "seen": told.seen.isoformat() if told.seen else None,
        "first_hand": told.first_hand,
    }


def unknown(told: UnknownPrice) -> dict[str, Any]:
    return {
        "model": told.model,
        "kind": told.kind,
        "reason": told.reason.en,
        "nearest": [price(near) for near in told.nearest],
    }


def model(shown: Shown, on: str) -> dict[str, Any]:
    """`prices` are those in force where a day was asked for, else all there ever were."""
    prices = shown.in_force if on else shown.history
    caching = shown.caching
    sources = [one for p in prices for one in p.sources]
    sources += caching.sources if caching else ()
    return {
        "name": shown.name,
        "on": on or None,
        "prices": [price(listed) for listed in prices],
        "unknown": [unknown(told) for told in shown.unknown] if on else [],
        "caching": _caching(caching) if caching else None,
        "sources": {one.key: source(one) for one in sources},
    }


def _caching(told: Caching) -> dict[str, Any]:
    return {
        "least": told.least,
        "step": told.step,
        "whole": told.whole,
        "write": str(told.write),
        "note": told.note,
        "sources": [one.key for one in told.sources],
    }
