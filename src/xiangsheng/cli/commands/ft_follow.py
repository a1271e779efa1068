"""Following a job until it ends, or until Ctrl-C."""

from shlex import quote
from typing import TYPE_CHECKING

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.errors import InterruptedRunError

if TYPE_CHECKING:
    from xiangsheng.cli.commands.jobs_opening import Place
    from xiangsheng.core.job import Job


def followed(place: "Place", job: "Job", *, json: bool) -> None:
    """All that the job says, from its beginning. Raises XiangshengError for one that fails."""
    from xiangsheng.cli.commands.fine_tuning import document
    from xiangsheng.cli.consoles import errors, write_json
    from xiangsheng.cli.job_screen import refuse_unsuccessful, told

    console = errors()
    try:
        ended = told(place.follow(job.label), console, quiet=json)
    except KeyboardInterrupt:
        raise InterruptedRunError(
            say(f"{job.label} goes on without you", f"{job.label} 继续进行"),
            hint=say("follow it again: ", "继续查看：") + f"xiangsheng ft follow {job.typed}",
        ) from None
    if json:
        write_json(document(ended))
    refuse_unsuccessful(ended)
    if not json:
        console.print(
            say("Ask it: ", "试试：")
            + f"xiangsheng complete -m {quote(printable(ended.fine_tuned_model))} -p <YOUR_PROMPT>"
            + (f" --base-url {ended.elsewhere.at}" if ended.elsewhere else ""),
            soft_wrap=True,
        )
