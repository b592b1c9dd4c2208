"""`python -m arrears.cli`."""

from arrears.cli.main import main

main()
