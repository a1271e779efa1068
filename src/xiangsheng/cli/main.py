"""`xiangsheng`: parse, call one verb, render. Heavy parts are imported by the command that runs."""

import sys
from typing import Annotated

import typer

from xiangsheng import __version__
from xiangsheng.cli.anywhere import own_options_first
from xiangsheng.cli.commands import (
    complete,
    copying,
    corpus,
    estimating,
    experiments,
    fine_tuning,
    models,
    old_commands,
    opening,
    preparing,
    pricing,
    reading,
    scoring,
    serve,
)
from xiangsheng.cli.language import say
from xiangsheng.cli.service_options import remember
from xiangsheng.core.errors import XiangshengError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=say(
        "Teach language models two-person comic dialogue (相声), and find out whether they got "
        "better.",
        "教语言模型说对口相声，并且老实地量一量它们到底有没有进步。",
    ),
)
app.command("demo", help=experiments.DEMO)(experiments.demo)
app.add_typer(corpus.app, name="corpus")
app.command("prepare", help=preparing.PREPARE)(preparing.prepare)
app.add_typer(preparing.tools, name="tools", hidden=True)
app.command("run", help=experiments.RUN)(experiments.run)
app.command("resume", help=experiments.RESUME)(experiments.resume)
app.command("score", help=scoring.SCORE)(scoring.score)
app.command("copied", help=copying.COPIED)(copying.copied)
app.command("report", help=reading.REPORT)(reading.report)
app.command("log", help=reading.LOG)(reading.log)
app.add_typer(fine_tuning.app, name="ft")
app.add_typer(old_commands.app, name="api", hidden=True)
app.command("complete", help=complete.COMPLETE)(complete.complete)
app.add_typer(models.app, name="models")
app.add_typer(pricing.app, name="price")
app.add_typer(estimating.app, name="estimate")
app.command("serve", help=serve.SERVE)(serve.serve)


def _version(wanted: bool) -> None:  # noqa: FBT001 as typer calls it
    if wanted:
        sys.stdout.write(f"xiangsheng {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    lang: Annotated[
        str, typer.Option(help=say("Language of the help: en or zh.", "帮助的语言：en 或 zh。"))
    ] = "",
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            envvar=opening.DATABASE,
            show_envvar=True,
            help=say(
                "Keep the home's tables in PostgreSQL: postgresql+psycopg://user@host/database.",
                "把数据目录的表放进 PostgreSQL：postgresql+psycopg://user@host/database。",
            ),
        ),
    ] = "",
    version: Annotated[  # noqa: ARG001 answered before a command is asked for
        bool,
        typer.Option(
            "--version",
            help=say("Print the version.", "显示版本。"),
            callback=_version,
            is_eager=True,
        ),
    ] = False,
    api_base: Annotated[
        str, typer.Option("--api-base", "-b", hidden=True, help=say("As in 2022.", "同 2022 年。"))
    ] = "",
    api_key: Annotated[
        str, typer.Option("--api-key", "-k", hidden=True, help=say("As in 2022.", "同 2022 年。"))
    ] = "",
) -> None:
    if (api_base or api_key) and context.invoked_subcommand not in {"api", "ft", "complete"}:
        raise typer.BadParameter("stands before api, ft or complete", param_hint="-b or -k")
    remember(api_base, api_key)
    if lang not in {"", "en", "zh"}:
        raise typer.BadParameter("give en or zh", param_hint="--lang")
    source = context.get_parameter_source("database")
    opening.name_database(database, typed=source is not None and source.name == "COMMANDLINE")


def main() -> None:
    """The console script: every error becomes words on stderr and a documented exit code."""
    from xiangsheng.cli import streams

    streams.prepare()
    sys.exit(streams.guarded(_command, sys.argv[1:]))


def _command(arguments: list[str]) -> int:
    from xiangsheng.cli import failures

    try:
        failures.refuse_undecodable(arguments)
        app(own_options_first(arguments), prog_name="xiangsheng")
    except XiangshengError as error:
        from xiangsheng.cli.consoles import errors

        failures.show(error, errors())
        return failures.exit_code(error)
    except KeyboardInterrupt:
        return failures.INTERRUPTED
    except SystemExit as ending:  # typer's own: help, and what it could not parse
        if isinstance(ending.__context__, BrokenPipeError):  # which typer calls a failure
            raise BrokenPipeError from ending
        return ending.code if isinstance(ending.code, int) else failures.ERROR
    return failures.OK


if __name__ == "__main__":
    main()
