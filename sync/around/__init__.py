"""What records refer to: partners, codes, currencies, options, and the names people know records by."""
