"""`serve`: the models of this home by the API of OpenAI."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from xiangsheng.backends.names import SIZES
from xiangsheng.cli.failures import INTERRUPTED
from xiangsheng.cli.language import say

SERVE = say(
    "Serve the models of this home: an API that OpenAI's clients speak, those of 2022 included.",
    "把本机的模型开成一个服务：OpenAI 的客户端（包括 2022 年的）可以直接连。",
)


def serve(
    host: Annotated[
        str,
        typer.Option(
            help=say("Address to listen on; 0.0.0.0 for all.", "监听的地址；0.0.0.0 表示所有地址。")
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, help=say("0 takes a free one.", "0 表示随便用一个空的。")),
    ] = 8000,
    api_key: Annotated[
        str | None,
        typer.Option(
            envvar="XIANGSHENG_API_KEY",
            show_envvar=True,
            help=say(
                "The key that clients must send; drawn at the first start when not given.",
                "客户端须带的密钥；不给则首次启动时生成。",
            ),
        ),
    ] = None,
    new_key: Annotated[
        bool,
        typer.Option("--new-key", help=say("Draw another key, and show it.", "换一个密钥并显示。")),
    ] = False,
    models: Annotated[
        int,
        typer.Option(min=1, max=64, help=say("Models open at once.", "同时打开几个模型。")),
    ] = 3,
    queue: Annotated[
        int,
        typer.Option(
            min=1,
            max=100_000,
            help=say(
                "Samples under way and waiting; more are told to come again.",
                "同时在写和排队的样本数；再多就请客户端稍后再来。",
            ),
        ),
    ] = 1024,
    timeout: Annotated[
        int,
        typer.Option(
            min=1, max=86_400, help=say("Seconds an answer may take.", "一个回答最多几秒。")
        ),
    ] = 300,
    journal: Annotated[
        bool,
        typer.Option(
            "--journal/--no-journal",
            help=say(
                "Whether questions and answers are kept in the home.", "是否把问答记在数据目录里。"
            ),
        ),
    ] = True,
    json: Annotated[
        bool,
        typer.Option(
            "--json",
            help=say("When ready, one JSON document on stdout.", "就绪时在标准输出给出一个 JSON。"),
        ),
    ] = False,
) -> None:
    import os
    import secrets

    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors, write_json
    from xiangsheng.cli.interrupt import interruptible
    from xiangsheng.core.clock import SYSTEM_CLOCK
    from xiangsheng.server import run
    from xiangsheng.server.state import Limits, State
    from xiangsheng.store.configuration import configuration_folder
    from xiangsheng.verbs.home_jobs import HomeJobs
    from xiangsheng.verbs.server_key import server_key
    from xiangsheng.verbs.serving import Serving

    console = errors()
    with opened_home(console) as workspace, run.bind(host, port) as bound:
        key = server_key(
            api_key,
            configuration_folder(os.environ),
            lambda: secrets.token_urlsafe(32),
            new=new_key,
        )
        serving = Serving(workspace, SYSTEM_CLOCK, most_open=models, journal=journal)
        state = State(
            serving,
            HomeJobs(workspace, SYSTEM_CLOCK),
            key.digest,
            SYSTEM_CLOCK,
            lambda: secrets.randbits(63),
            Limits(rows=queue, seconds=timeout),
        )
        url = run.url_of(bound)

        def ready() -> None:
            if json:
                shown = {"api_key": key.shown} if key.shown else {}
                write_json({"url": url, "pid": os.getpid(), **shown})
                sys.stdout.flush()
            else:
                names = [model.wire for model in serving.models()]
                for line in _welcome(url, key.shown, names, loopback=run.is_loopback(bound)):
                    console.print(line, soft_wrap=True)

        with interruptible(console) as stop:
            try:
                run.run(state, bound, stop, ready)
            finally:
                serving.close()
        if stop.interrupted:
            raise typer.Exit(INTERRUPTED)


def _welcome(url: str, key: str, names: Sequence[str], *, loopback: bool) -> Iterator[str]:
    """What a person needs to begin; the last line says that the server is ready."""
    if key:
        yield say(
            f"The key of this server, shown this once: {key}",
            f"本服务的密钥，只显示这一次：{key}",
        )
    if not any(name.startswith(SIZES) for name in names):
        yield say(
            "No neural model is here yet. Build one at any time: xiangsheng models build ada",
            "还没有神经网络模型。随时可以训练一个：xiangsheng models build ada",
        )
    if not loopback:
        yield say(
            "Other machines can reach this server, and what is sent is not encrypted: put a proxy with "
            "TLS before it.",
            "其他机器也能访问本服务，而且传输不加密：请在前面放一个带 TLS 的代理。",
        )
    yield say(f"Serving at {url} (Ctrl-C stops)", f"服务已就绪：{url}（Ctrl-C 停止）")
