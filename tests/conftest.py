"""Settings of the property tests; without hypothesis the other tests run all the same."""

from importlib.util import find_spec

if find_spec("hypothesis"):
    from hypothesis import settings

    # A slow machine is no counterexample: examples are bounded in number, never in time.
    settings.register_profile("clae_rules", deadline=None)
    settings.register_profile("campaign", deadline=None, max_examples=10_000)
    settings.load_profile("clae_rules")
