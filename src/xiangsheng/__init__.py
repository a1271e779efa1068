"""xiangsheng (相声, crosstalk): teach models two-person comic dialogue, and measure honestly."""

__version__ = "0.1.0"
