"""The cases of the toy suite, one for each verdict."""

from conformance.engine import Case, Channel, Closed, Unready, a

from .provide import Line


async def test_echo_comes_back(line: Channel) -> None:
    """What a client says comes back."""
    await line.send(Line("hello"))
    await line.expect(a(Line, text="hello"))


async def test_quit_closes(case: Case, line: Channel) -> None:
    """The product closes when told to; this one only repeats the word."""
    case.note("the product answers before it closes")
    await line.send(Line("quit"))
    await line.expect(Closed)


async def test_manners(line: Channel) -> None:
    """A product should answer in capitals."""
    await line.send(Line("please"))
    await line.expect(a(Line, text="PLEASE"))


async def test_never_begins(line: Channel) -> None:
    """The start of this case is out of reach."""
    await line.send(Line("begin"))
    raise Unready("the session never began")


async def test_not_offered(case: Case) -> None:
    """The product says that it lacks the option."""
    case.not_applicable("the product says that it has no option", "产品声明没有该选项")


async def test_of_ours_is_broken(line: Channel) -> None:
    """A case with a defect of its own."""
    print("about to break")  # noqa: T201 - what a case prints belongs to its record
    await line.send(Line("x"))
    raise LookupError("a defect of the case")
