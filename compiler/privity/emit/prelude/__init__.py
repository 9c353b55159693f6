"""What every generated Python module has in common, the same bytes in each.

The parts are real modules, so that they are linted and typed, but only their text is used: what
stands between two marks is copied. Outside the marks, a part imports what it needs of the others.
"""
