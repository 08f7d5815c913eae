"""``python -m nova_explore`` is the command ``nova-explore``."""

from nova_explore.cli.commands import main

if __name__ == "__main__":
    main()
