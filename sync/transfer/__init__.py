"""The state as lines of JSON: written out, and taken into an empty or other store of the same company and organisation."""
