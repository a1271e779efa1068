"""Services that speak OpenAI's API: theirs, `xiangsheng serve`, and others."""
