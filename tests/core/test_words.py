"""Words read as Chinese everywhere and keep what a translation needs."""

import copy
import json
import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, NotLoggedIn, Stale, WrongMoment
from eventsvc.core.words import N_, Words


def test_marking_changes_nothing():
    assert N_("报名") == "报名"


def test_a_sentence_with_facts_reads_as_chinese_and_keeps_both():
    said = Words("到{day:%Y年%m月%d日}满{years}年", day=date(2027, 5, 29), years=50)
    assert said == "到2027年05月29日满50年"
    assert (said.msgid, said.facts["years"]) == ("到{day:%Y年%m月%d日}满{years}年", 50)


def test_a_users_label_among_the_facts_reads_as_chinese():
    assert Words("请填{label}", label={"zh": "人数", "en": "People"}) == "请填人数"


@given(st.text(max_size=30))
def test_somebodys_own_text_without_facts_stays_as_it_is(text: str):
    assert Words(text) == text


@given(st.text(max_size=30))
def test_somebodys_own_text_as_a_fact_stays_as_it_is(text: str):
    assert Words("“{title}”满了", title=text) == f"“{text}”满了"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda w: pickle.loads(pickle.dumps(w))])
def test_a_copy_can_still_be_translated(again):
    said = again(Words("最多{most}行", most=Words("三")))
    assert (said, said.msgid, said.facts) == ("最多三行", "最多{most}行", {"most": "三"})


def test_it_is_a_string_for_everybody_else():
    assert json.dumps({"said": Words("最多{most}行", most=3)}, ensure_ascii=False) == '{"said": "最多3行"}'


class Full(Conflict):
    """Says what is full."""

    code = "full"
    words = "“{title}”已满（共{capacity}人）"


class TestRefusals:
    def test_a_refusal_says_its_words_with_its_facts(self):
        no = Full(title="100% {x}", capacity=30)
        assert str(no) == "“100% {x}”已满（共30人）"
        assert no.facts == {"title": "100% {x}", "capacity": 30}
        assert no.said.msgid == Full.words

    def test_a_refusal_names_fields_besides(self):
        assert Invalid(fields={"name": ["请填写姓名"]}).fields == {"name": ["请填写姓名"]}
        assert Invalid().fields == {}

    @pytest.mark.parametrize(
        ("kind", "status"), [(DomainError, 409), (Conflict, 409), (Invalid, 422), (NotFound, 404), (NotAllowed, 403), (NotLoggedIn, 401), (Stale, 409)]
    )
    def test_each_has_a_status_and_a_code_of_its_own(self, kind: type[DomainError], status: int):
        assert kind().status == status
        assert kind.code
        assert str(kind())

    def test_codes_are_stable_and_never_shared(self):
        kinds = [Invalid, NotFound, NotAllowed, NotLoggedIn, WrongMoment, Stale]
        assert [k.code for k in kinds] == ["invalid", "not_found", "not_allowed", "not_logged_in", "wrong_moment", "stale"]
