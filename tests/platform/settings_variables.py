"""Which environment variables the settings read, taken from their source."""

import ast
from pathlib import Path


def variables(path: Path) -> set[str]:
    """First arguments of env.str(…), env.bool(…) and their like."""
    tree = ast.parse(path.read_text())
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
    }
