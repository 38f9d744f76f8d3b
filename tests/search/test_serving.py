"""The page for searching: to whom it answers, and what a browser shows when somebody types and clicks."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import BROWSER, browsing

import w2v
from w2v.errors import OutputError
from w2v.search.searching import SearchIndex
from w2v.search.serving import SearchServer
from w2v.vectors import Vectors

EVIL = "<script>document.title='owned'</script><img src=x onerror=alert(1)> \u202e \x1b[31m \"quoted\" laptop & 'ram'"
TEXTS = ["speed up your computer", "how to fix a rose", "bread " * 150 + "laptop " + "salt " * 150, EVIL]


@pytest.fixture(scope="module")
def server(vectors: Vectors) -> Iterator[SearchServer]:
    with SearchServer(w2v.build_index(TEXTS, vectors, passage_words=40), 0, n=10, mode="both") as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def asked(server: SearchServer, path: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(method, path, headers={"Host": f"127.0.0.1:{server.port}", **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, dict(answer.headers)


def test_hits_with_reasons(server: SearchServer) -> None:
    status, page, headers = asked(server, "/?q=laptop&mode=both")
    assert status == 200
    assert "<mark>laptop</mark>" in page
    assert "passage 5 of 9" in page or re.search(r"passage \d of \d", page)
    assert "meaning: cosine" in page
    assert "words: BM25" in page
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert headers["Cache-Control"] == "no-store"
    assert not re.search(r"https?://", page)
    assert asked(server, "/")[1].count("<form") == 1
    assert asked(server, "/", "HEAD")[:2] == (200, "")


def test_everything_is_escaped(server: SearchServer) -> None:
    page = asked(server, "/?q=laptop+%3Cscript%3E%22%27%3E%E2%80%AE%1b&mode=%22%3E%3Cb%3E")[1]
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert not set(page) & {"\u202e", "\x1b"}
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        ("/", "GET", {"Host": "evil.example"}, 421),
        ("/", "GET", {"Host": "127.0.0.1"}, 421),
        ("/", "GET", {"Host": "127.0.0.1.evil.example:80"}, 421),
        ("/", "GET", {"Host": ""}, 421),
        ("http://evil.example/?q=a", "GET", {}, 404),
        ("/docs.w2v", "GET", {}, 404),
        ("/../../etc/passwd", "GET", {}, 404),
        ("//evil.example/", "GET", {}, 404),
        ("/?" + "a=1&" * 50, "GET", {}, 400),
        ("/", "POST", {}, 405),
        ("/", "PUT", {}, 405),
        ("/", "OPTIONS", {}, 405),
        ("/?q=" + "a" * 70_000, "GET", {}, 414),
    ],
)
def test_nobody_else_is_answered(
    server: SearchServer, path: str, method: str, headers: dict[str, str], status: int
) -> None:
    found, text, sent = asked(server, path, method, **headers)
    assert found == status
    assert "evil" not in text
    assert "Access-Control-Allow-Origin" not in sent
    assert len(text) < 200


def test_odd_requests_do_no_harm(server: SearchServer) -> None:
    for data in (b"\r\n\r\n", b"GET\r\n\r\n", b"\x00\xff\r\n", b"GET / HTTP/9.9\r\n\r\n", b"G" * 100_000):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass
            except OSError:  # it has had enough
                pass
    assert asked(server, "/?q=rose")[0] == 200


def test_queries_that_cannot_be_answered_say_why(server: SearchServer) -> None:
    for query, said in (("qwyjibo", "is not in the documents"), ("%3F", "no word in it"), ("a" * 2_000, "longer than")):
        status, page, _ = asked(server, f"/?q={query}")
        assert status == 200
        assert said in page


def test_without_vectors_there_is_one_way_to_search(server: SearchServer) -> None:
    with SearchServer(SearchIndex(server.index.file), 0, n=3, mode="both") as alone:
        page = alone.answer("rose", "meaning")
        assert page.count('type="radio"') == 1
        assert "how to fix a" in page


def test_a_port_that_is_taken(server: SearchServer) -> None:
    with pytest.raises(OutputError, match="cannot listen on port") as caught:
        SearchServer(server.index, server.port, n=3, mode="both")
    assert "--port 0" in caught.value.hint


@pytest.mark.slow
def test_the_command_serves_until_ctrl_c(vectors: Vectors, tmp_path: Path) -> None:
    w2v.build_index(TEXTS, vectors, tmp_path / "docs.w2v")
    w2v.save(vectors, tmp_path / "vectors.safetensors")
    command = [sys.executable, "-m", "w2v", "search", "--serve", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "http" in line)
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", line)[1])  # type: ignore[index]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/?q=rose&mode=meaning")
        assert "how to fix a" in connection.getresponse().read().decode()
        connection.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert "Traceback" not in process.stderr.read()


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
def test_typing_and_clicking(server: SearchServer, tmp_path: Path) -> None:
    with browsing(tmp_path) as browser:
        browser.visit(server.address)
        assert browser.look("document.activeElement.name") == "q"
        browser.write("a slow laptop")
        browser.click("button")
        browser.until("location.search.includes('slow')")
        assert browser.look("document.querySelector('input[type=search]').value") == "a slow laptop"
        assert browser.look("document.querySelectorAll('.hit').length") == 4
        assert browser.look("document.querySelector('details').open") is False
        browser.click("summary")
        assert browser.until("document.querySelector('details').open")
        assert "cosine" in browser.look("document.querySelector('details').innerText")
        browser.click('input[value="meaning"]')
        browser.click('input[type="search"]')
        browser.write(" computer")
        browser.press("Enter", 13)
        browser.until("location.search.includes('mode=meaning')")
        assert browser.look("document.querySelector('.hit .text').innerText") == "speed up your computer"
        assert (
            browser.look("getComputedStyle(document.querySelector('mark:not(.near)')).backgroundColor")
            != "rgba(0, 0, 0, 0)"
        )
        assert "owned" not in browser.look("document.title")
        assert browser.look("document.scripts.length + document.images.length") == 0
        for width in (360, 1280):
            for dark in (False, True):
                browser.shape(width, dark=dark)
                assert browser.look("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        addresses = {address for address in browser.requests if not address.startswith("about:")}
        assert all(address.startswith(server.address) for address in addresses), addresses
        if folder := os.environ.get("PICTURES"):
            browser.look("document.querySelectorAll('details').forEach((each, n) => { each.open = n < 2; })")
            for width, dark in ((1280, False), (1280, True), (360, False), (360, True)):
                browser.shape(width, dark=dark)
                browser.picture(Path(folder) / f"search-{width}-{'dark' if dark else 'light'}.png")
