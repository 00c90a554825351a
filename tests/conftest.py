"""Settings of the property tests; without hypothesis the other tests run all the same."""

from importlib.util import find_spec

if find_spec("hypothesis"):
    from hypothesis import HealthCheck, settings

    # A slow machine is no counterexample: examples are bounded in number, never in time.
    SLOW = (HealthCheck.too_slow,)
    settings.register_profile("clae_rules", deadline=None, suppress_health_check=SLOW)
    settings.register_profile("campaign", deadline=None, suppress_health_check=SLOW, max_examples=10_000)
    settings.load_profile("clae_rules")
