"""What reading found odd, told as events."""

from collections.abc import Iterable

from xiangsheng.core.events import Note, OnEvent
from xiangsheng.core.notice import Notice


def tell(notices: Iterable[Notice], on_event: OnEvent) -> None:
    for notice in notices:
        where = f"{notice.where}: " if notice.where else ""
        on_event(Note(f"{where}{notice.message}", warning=True))
