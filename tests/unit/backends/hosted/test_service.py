"""Which service is meant, and which key it gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.hosted.service import find_service, split_service
from xiangsheng.core.errors import UsageError

KEYS = {"OPENAI_API_KEY": "sk-openai", "XIANGSHENG_API_KEY": "sk-ours"}


@pytest.mark.parametrize(
    ("typed", "environment", "url", "name"),
    [
        ("http://127.0.0.1:8000/v1", {}, "http://127.0.0.1:8000/v1", "127.0.0.1:8000"),
        ("http://127.0.0.1:8000", {}, "http://127.0.0.1:8000/v1", "127.0.0.1:8000"),
        ("https://gpu.example/llm/v2/", {}, "https://gpu.example/llm/v2", "gpu.example"),
        ("openai", {}, "https://api.openai.com/v1", "openai"),
        ("https://api.openai.com/v1", {}, "https://api.openai.com/v1", "openai"),
        ("openai", {"OPENAI_BASE_URL": "http://[::1]:1/v1"}, "http://[::1]:1/v1", "[::1]:1"),
        (
            "openai",
            {"OPENAI_API_BASE": "http://old.example"},
            "http://old.example/v1",
            "old.example",
        ),
    ],
)
def test_an_address_is_where_the_paths_begin(
    typed: str, environment: dict[str, str], url: str, name: str
) -> None:
    found = find_service(typed, "", environment)
    assert (found.url, found.name, found.typed) == (url, name, typed)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "127.0.0.1:8000",
            "ftp://x/v1",
            "http://",
            "http://x:port/v1",
            "http://[::1/v1",
            "ollama",
        ),
        *("http://me:sk-secret@x:99999/v1", "http://me:sk-secret＠x/v1", "http:me:sk-secret@x"),
        *("http://x:99999/v1?key=sk-secret", "http://x:y/v1#sk-secret"),
        *("http://me:sk-secret@x/v1", "http://x/v1?key=sk-secret", "http://x/v1#sk-secret"),
    ],
)
def test_what_is_no_address_is_refused_and_no_key_shown(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_service(typed, "", KEYS)
    with pytest.raises(UsageError) as of_environment:
        find_service("openai", "", KEYS | {"OPENAI_BASE_URL": typed})
    for error in (caught.value, of_environment.value):
        assert error.code == "base_url"
        assert "sk-" not in f"{error} {error.hint}"


def test_openai_never_gets_the_key_of_our_own_server() -> None:
    assert find_service("openai", "", KEYS).key == "sk-openai"
    assert find_service("https://api.openai.com/v1", "", {"XIANGSHENG_API_KEY": "x"}).key == ""
    assert find_service("http://127.0.0.1/v1", "", KEYS).key == "sk-ours"
    assert find_service("http://127.0.0.1/v1", "", {"OPENAI_API_KEY": "sk-2022\n"}).key == "sk-2022"
    assert find_service("openai", "sk-typed", KEYS).key == "sk-typed"


def test_a_key_is_shown_nowhere() -> None:
    service = find_service("http://127.0.0.1/v1", "sk-secret", {})
    assert "sk-secret" not in repr(service)
    assert service.hidden("Incorrect API key: sk-secret.") == "Incorrect API key: (the key)."
    with pytest.raises(UsageError) as caught:
        find_service("http://127.0.0.1/v1", "sk-密钥", {})
    assert "密钥" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("http://127.0.0.1:8000/v1", False),
        ("http://localhost/v1", False),
        ("http://[::1]/v1", False),
        ("https://gpu.example/v1", False),
        ("http://gpu.example/v1", True),
        ("http://10.0.0.1/v1", True),
    ],
)
def test_a_key_that_travels_for_all_to_read_is_known(url: str, *, bare: bool) -> None:
    assert find_service(url, "sk-x", {}).bare is bare
    assert not find_service(url, "", {}).bare


def test_a_model_may_name_its_service() -> None:
    assert split_service("openai:gpt-x") == ("openai", "gpt-x")
    assert split_service("openai:ft:gpt-x:org::1") == ("openai", "ft:gpt-x:org::1")
    assert split_service("ft:gpt-x:org::1") == ("", "ft:gpt-x:org::1")
    assert split_service("openai") == ("", "openai")


@pytest.mark.parametrize(
    ("typed", "environment", "name"),
    [
        ("openai", {}, "gpt-x"),
        ("https://api.openai.com/v1", {}, "gpt-x"),
        ("openai", {"OPENAI_BASE_URL": "http://gpu.example"}, "gpt-x"),
        ("http://gpu.example", {}, "openai:gpt-x"),
    ],
)
def test_only_where_openai_is_meant_is_its_name_left_out(
    typed: str, environment: dict[str, str], name: str
) -> None:
    service = find_service(typed, "", environment)
    assert service.name_of("openai:gpt-x") == name
    assert service.name_of("ft:gpt-x:org::1") == "ft:gpt-x:org::1"


@given(st.text() | st.text().map("http://{}".format))
def test_anything_typed_is_an_address_or_refused(typed: str) -> None:
    try:
        found = find_service(typed, "", {})
    except UsageError:
        return
    assert found.url.startswith(("http://", "https://"))
    assert find_service(found.url, "", {}).url == found.url
