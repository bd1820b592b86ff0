"""Whether the SDK's own objects give back every value of an answer."""

from enum import Enum

from story import Wrong, expect, expect_some


def check_typed(body: dict, answer) -> None:
    """Every value of an answer, however deep, stands in the SDK's typed object, and nothing in it is null.

    The SDK's classes crash on null objects and lists, and turn unknown enum words into None without a word.
    """
    refuse_null(body, "the answer")
    expect_some("result.resultCode", answer.result.result_code)
    expect_some("result.resultStatus", answer.result.result_status)
    expect_some("result.resultMessage", answer.result.result_message)
    compare(body, answer, f"the SDK's {type(answer).__name__}")


def compare(told, read, where: str) -> None:
    """Raises unless what was told on the wire is what the SDK gives to read."""
    if isinstance(told, dict) and not isinstance(read, dict):
        for key, value in told.items():
            compare(value, attribute(read, key, where), f"{where}.{key}")
    elif isinstance(told, list):
        expect(f"the number of items of {where}", len(read), len(told))
        for number, (told_item, read_item) in enumerate(zip(told, read)):
            compare(told_item, read_item, f"{where}[{number}]")
    else:
        expect(where, read.value if isinstance(read, Enum) else read, told)


def attribute(holder, key: str, where: str):
    """The attribute that takes a key of the wire over. The SDK sets its underscores by more than one rule."""
    wanted = key.lower()
    for name in dir(type(holder)):
        if name.replace("_", "") == wanted and not name.startswith("_"):
            value = getattr(holder, name)
            if value is not None:
                return value
    raise Wrong(f"{where} does not take {key} over")


def refuse_null(value, where: str) -> None:
    """Raises when anything inside is null."""
    if value is None:
        raise Wrong(f"{where} is null")
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        refuse_null(child, f"{where}.{key}")
