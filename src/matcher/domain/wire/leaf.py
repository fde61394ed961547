"""The values of the wire profile: what a number, a code and a date may look like in JSON or YAML.

Only the shape is checked here; what the text means is found when the profile is assembled.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeAlias

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError


def _number(value: Any) -> Any:
    if _is_number(value) or isinstance(value, str):
        return value
    if (
        isinstance(value, list | tuple)
        and value
        and all(_is_number(each) or isinstance(each, str) for each in value)
    ):
        return list(value)
    raise PydanticCustomError(
        "number_value", "write a number, a text such as '<5' or '0-1', or a list of numbers"
    )


def _codes(value: Any) -> Any:
    if isinstance(value, str | bool) or _is_number(value):
        return value
    if (
        isinstance(value, list | tuple)
        and value
        and all(isinstance(each, str) or _is_number(each) for each in value)
    ):
        return list(value)
    raise PydanticCustomError("code_value", "write one code, or a list of the codes it could be")


def _value(value: Any) -> Any:
    return value if isinstance(value, bool) else _number(value)


def _date(value: Any) -> Any:
    if isinstance(value, str | date) or _is_number(value):
        return value
    if isinstance(value, dict) and value and set(value) <= {"from", "to"}:
        return value
    raise PydanticCustomError("date_value", "write 2025-03-01, 2025-03, 2025 or {from: …, to: …}")


def _agents(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(
        each is None
        or isinstance(each, str)
        or (isinstance(each, list) and each and all(map(_is_text, each)))
        for each in value
    ):
        return list(value)
    raise PydanticCustomError("agents_value", "write the agents as a list of names, or as one text")


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if _is_number(value):
        return str(value)
    raise PydanticCustomError("text_value", "write a text")


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple) and all(map(_is_text, value)):
        return list(value)
    raise PydanticCustomError("texts_value", "write a name, or a list of names")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


DateObject = dict[str, str | int]

NumberValue: TypeAlias = Annotated[
    Any, PlainValidator(_number, json_schema_input_type=float | str | list[float | str])
]
CodeValue: TypeAlias = Annotated[
    Any, PlainValidator(_codes, json_schema_input_type=str | bool | int | list[str | int])
]
FactValue: TypeAlias = Annotated[
    Any, PlainValidator(_value, json_schema_input_type=float | str | bool | list[float | str])
]
DateValue: TypeAlias = Annotated[Any, PlainValidator(_date, json_schema_input_type=str | int | DateObject)]
AgentsValue: TypeAlias = Annotated[
    Any, PlainValidator(_agents, json_schema_input_type=str | list[str | list[str] | None])
]
TextValue: TypeAlias = Annotated[Any, PlainValidator(_text, json_schema_input_type=str | int)]
TextsValue: TypeAlias = Annotated[Any, PlainValidator(_texts, json_schema_input_type=str | list[str])]
