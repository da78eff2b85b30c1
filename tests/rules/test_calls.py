"""What the record of a call to a company must hold."""

import pytest

from models.rules.calls import SPOKEN, CallResult, faults


@pytest.mark.parametrize("result", list(CallResult))
def test_a_call_in_which_somebody_spoke_names_them_and_says_what_was_said(result: CallResult) -> None:
    empty = faults(result, number="0800 1234", spoke_with="", said="", least=10)
    assert empty == ({"spoke_with": "required", "said": "text_length"} if result in SPOKEN else {})
    assert not faults(result, number="0800 1234", spoke_with="Eva, SAC", said="Devolve até sexta.", least=10)


def test_the_number_and_a_known_result_are_always_asked() -> None:
    wrong = faults("perhaps", number="", spoke_with="", said="", least=10)
    assert wrong == {"result": "choice_missing", "number": "required"}
