"""Runs typst in a process of its own: the memory it takes goes back with it, and two languages take two processors.

Standard input is a JSON object `{template, fonts, created, data}`, standard output the PDF. Imports nothing of this
project, so that the process stays small.
"""

import json
import sys


def main() -> int:
    """Compose one document; 1 with a sentence on stderr when typst refuses it."""
    import typst

    order = json.load(sys.stdin)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[order["fonts"]])
    template = order["template"]
    compiler = typst.Compiler(
        template, root=template.rpartition("/")[0], font_paths=fonts, sys_inputs={"data": order["data"]}
    )
    try:
        made = compiler.compile(format="pdf", pdf_standards=["a-2b"], timestamp=order["created"], pdf_tags=False)
    except typst.TypstError as error:
        sys.stderr.write("; ".join([error.message, *error.hints]))
        return 1
    assert isinstance(made, bytes)
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
