"""The error tree.

XiangshengError            code, message, where, hint
├── UsageError             what was asked cannot be done as asked
│   └── UnknownModelError  no such model; near names are in the hint
├── DataError              a file or a corpus is not what it must be
├── PartialError           stopped before the end; what is done is kept
│   └── DiskFullError
├── InterruptedRunError       a person asked to stop
├── TrainingError          a model did not learn
├── UnknownPriceError      nobody knows what something costs; never taken for nothing
├── MemoryShortError       there is no room for a model
├── BusyError              too much is under way; later there is room
├── ServiceError           a service elsewhere could not do it, or would not
│   └── UnreachableError   it could not be reached, or its answer was lost on the way
└── StoreError             the home or its database cannot be used
    ├── NewerHomeError     made by a newer version
    ├── DatabaseAwayError  its server is away, or does not let us in; it may come back
    └── LeaseLostError     another worker has taken the job over

Each class has a stable `code`; each surface has one table from class to exit status.
"""


class XiangshengError(Exception):
    """Says what happened (`message`), where (file, line, column) and what to do next (`hint`)."""

    code = "error"

    def __init__(
        self, message: str, *, where: str = "", hint: str = "", code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class UsageError(XiangshengError):
    code = "usage"


class UnknownModelError(UsageError):
    code = "unknown_model"


class DataError(XiangshengError):
    code = "data"


class PartialError(XiangshengError):
    code = "partial"


class DiskFullError(PartialError):
    code = "disk_full"


class InterruptedRunError(XiangshengError):
    code = "interrupted"


class StoreError(XiangshengError):
    code = "store"


class NewerHomeError(StoreError):
    code = "newer_home"


class DatabaseAwayError(StoreError):
    code = "database_unreachable"


class LeaseLostError(StoreError):
    code = "lease_lost"


class TrainingError(XiangshengError):
    code = "training"


class MemoryShortError(XiangshengError):
    code = "memory"


class BusyError(XiangshengError):
    code = "busy"


class ServiceError(XiangshengError):
    code = "service"


class UnreachableError(ServiceError):
    code = "unreachable"


class UnknownPriceError(XiangshengError):
    code = "unknown_price"
