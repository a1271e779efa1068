"""The OpenAI-compatible server: parse, call one verb, serialise."""
