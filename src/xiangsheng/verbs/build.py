"""Building a base of the ladder on request."""

from dataclasses import dataclass
from pathlib import Path

from xiangsheng.backends.names import SIZES
from xiangsheng.core.errors import UsageError
from xiangsheng.core.events import Note
from xiangsheng.core.model import BuiltBase
from xiangsheng.corpus.study import lines_of
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.models import Building
from xiangsheng.verbs.notices import tell
from xiangsheng.verbs.plan import read_data
from xiangsheng.verbs.recipe import DataPart


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """`data` is a folder as for `run` whose training scripts are read; empty for composed ones, of
    so many `characters` or as the size has it.
    """

    size: str
    data: str = ""
    characters: int | None = None
    epochs: int | None = None
    seed: int = 0


def build(options: BuildOptions, workspace: Workspace, attending: Attending) -> BuiltBase:
    """The base, which is not built twice. Raises UsageError for a size that is none."""
    size = options.size.removeprefix("local:")
    if size not in SIZES:
        raise UsageError(
            f"there is no size {options.size!r}", hint=f"sizes are {', '.join(SIZES)}", code="size"
        )
    from xiangsheng.verbs.base_texts import spec_of
    from xiangsheng.verbs.local_models import build_base, whole

    spec = spec_of(size, _building(options, attending))
    if there := whole(spec.digest, workspace):
        attending.on_event(Note(f"already built: {there.name}, {_folder(workspace, there)}"))
        return there
    return build_base(spec, workspace, attending)


def _building(options: BuildOptions, attending: Attending) -> Building:
    if not options.data:
        return Building((), "", options.characters, options.epochs, options.seed)
    data = read_data(DataPart(root=options.data))
    tell(data.warnings, attending.on_event)
    return Building(lines_of(data.train), data.sources[0], None, options.epochs, options.seed)


def _folder(workspace: Workspace, base: BuiltBase) -> Path:
    return workspace.bases.path(base.digest)
