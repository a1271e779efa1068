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
        console.print(say("Ask it: ", "试试：") + _how_to_ask(ended), soft_wrap=True)


def _how_to_ask(job: "Job") -> str:
    """Names of models of this home are letters, digits and dashes; those of services are anything."""
    model, where = job.fine_tuned_model, ""
    if job.elsewhere:
        model, where = quote(printable(model)), f" --base-url {quote(job.elsewhere.at)}"
    return f"xiangsheng complete -m {model} -p <YOUR_PROMPT>{where}"
