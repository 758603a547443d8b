"""What a laboratory puts its name under: keys, signed statements on bundles, signed reports, certificates.

    key = load_key("key.pem")
    sign(bundle, key, Order(laboratory="laboratory.toml"))
    certify(bundle, key, laboratory, days=730)

`reports.verifying` checks all of it, without a network and without us.
"""
