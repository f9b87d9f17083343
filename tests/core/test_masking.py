import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core.masking import mask_address, mask_id_number, mask_name, mask_phone


class TestName:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [("张秀英", "张*英"), ("王芳", "王*"), ("欧阳修", "欧*修"), ("欧阳娜娜", "欧**娜"), ("买买提·艾合买提", "买***提"),
         ("𬭎𬭎𬭎", "𬭎*𬭎"), ("葛\U000e0100英", "葛\U000e0100*"), ("李", "*"), ("", "")],
    )  # fmt: skip
    def test_first_and_last_are_shown(self, name, shown):
        assert mask_name(name) == shown

    @given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=12))
    def test_something_is_always_hidden_and_length_is_not_told_beyond_five(self, name):
        assert "*" in mask_name(name)
        assert len(mask_name(name)) <= 5


class TestNumbers:
    def test_an_identity_number_shows_county_and_last_four(self):
        assert mask_id_number("350982195003081234") == "350982********1234"

    @pytest.mark.parametrize(("number", "shown"), [("E12345678", "E******78"), ("12345", "*****"), ("", "")])
    def test_another_paper_shows_less(self, number, shown):
        assert mask_id_number(number) == shown

    @pytest.mark.parametrize(
        ("phone", "shown"),
        [
            ("13812345678", "138****5678"),
            ("0593-7812345", "0593-****345"),
            ("010-62345678-12", "010-*****678"),
            ("12345", "*****"),
            ("", ""),
        ],
    )
    def test_a_phone_shows_its_ends(self, phone, shown):
        assert mask_phone(phone) == shown


class TestAddress:
    @pytest.mark.parametrize(
        ("address", "shown"),
        [
            ("福建省宁德市福鼎市管阳镇西昆村12号", "福建省宁德市福鼎市管阳镇西昆村***"),
            ("福鼎市硖门畲族乡柏洋村", "福鼎市硖门畲族乡柏洋村"),
            ("福鼎市桐山街道新兴小区3幢", "福鼎市桐山街道***"),
            ("桐山街道玉塘社区普后路5号", "桐山街道玉塘社区***"),
            ("山前街道兰田居委会5号", "山前街道兰田居委会***"),
            ("莲前街道前埔北社区居委会", "莲前街道前埔北社区居委会"),
            ("太姥山镇潋城村民委员会旁", "太姥山镇潋城村民委员会***"),
            ("西昆村三组", "西昆村***"),
            ("新村路12号", "***"),
            ("中山路5号602室", "***"),
            ("福鼎市管阳镇", "福鼎市管阳镇"),
            ("", ""),
        ],
    )
    def test_it_is_shown_down_to_the_village(self, address, shown):
        assert mask_address(address) == shown

    @given(
        st.sampled_from(["福鼎市管阳镇西昆村", "桐山街道玉塘社区", "管阳镇", ""]),
        st.integers(1, 999),
        st.sampled_from(["号", "号楼2单元", "组", "-3"]),
    )
    def test_no_house_number_is_ever_shown(self, place, number, unit):
        assert not any(char.isdigit() for char in mask_address(f"{place}{number}{unit}"))
