"""Work in a throw-away child: its result, its words, its limits, its end."""

import os
import time

import psutil
import pytest

from eventsvc.infra import sandbox
from eventsvc.infra.sandbox import Broken, Trouble

MIB = 2**20


def run(work, **limits):
    return sandbox.run(work, **{"seconds": 10, "memory_mib": 512, **limits})


class TestRun:
    def test_it_returns_what_the_child_made_however_much(self):
        assert run(lambda say: b"x" * 8 * MIB) == b"x" * 8 * MIB

    def test_it_hears_how_far_the_child_is(self):
        heard = []

        def work(say) -> bytes:
            for page in range(1, 4):
                say("正在排版", page, 3)
                time.sleep(0.05)
            return b""

        run(work, tell=lambda *what: heard.append(what))
        assert heard[-1] == ("正在排版", 3, 3)

    def test_nothing_the_child_does_is_done_here(self):
        seen = []
        run(lambda say: seen.append(os.getpid()) or b"")
        assert seen == []

    def test_a_refusal_comes_back_in_its_words(self):
        def work(say) -> bytes:
            raise Trouble("少了“{what}”", what="䶮")

        with pytest.raises(Trouble, match="少了“䶮”"):
            run(work)

    def test_an_accident_is_named_without_what_it_was_about(self):
        def work(say) -> bytes:
            raise ValueError("张建国 13859001234")

        with pytest.raises(Broken, match="ValueError at test_sandbox.py") as seen:
            run(work)
        assert "138" not in str(seen.value) and "张" not in str(seen.value)

    def test_a_child_that_ends_without_a_word_is_noticed(self):
        with pytest.raises(Broken, match="signal 9"):
            run(lambda say: os.kill(os.getpid(), 9))
        with pytest.raises(Broken, match="ended with 3"):
            run(lambda say: os._exit(3))

    def test_what_the_parent_raises_while_it_listens_ends_the_child(self):
        def stop(*_: object) -> None:
            raise KeyError("lost")

        def work(say) -> bytes:
            say("正在排版")
            time.sleep(60)
            return b""

        before = time.monotonic()
        with pytest.raises(KeyError):
            run(work, tell=stop)
        assert time.monotonic() - before < 10


class TestLimits:
    def test_more_memory_than_allowed_is_refused_in_words(self):
        with pytest.raises(Trouble, match="内容太多"):
            run(lambda say: bytes(bytearray(400 * MIB)), memory_mib=100)

    def test_more_time_than_allowed_is_refused_in_words(self):
        def idle(say) -> bytes:
            time.sleep(30)
            return b""

        with pytest.raises(Trouble, match="内容太多"):
            run(idle, seconds=1)

    def test_a_busy_child_is_stopped_too(self):
        def spin(say) -> bytes:
            while True:
                pass

        with pytest.raises(Trouble, match="内容太多"):
            run(spin, seconds=1)

    def test_endless_nesting_is_refused_in_words(self):
        def deep(say) -> bytes:
            return deep(say)

        with pytest.raises(Trouble, match="内容太多"):
            run(deep)

    def test_no_child_and_no_file_is_left_behind(self):
        me = psutil.Process()
        children_before, open_before = me.children(), len(os.listdir("/proc/self/fd"))
        for _ in range(5):
            run(lambda say: b"x")
        assert len(os.listdir("/proc/self/fd")) == open_before
        assert me.children() == children_before
