"""The version, where packaging, the command and generated headers find it."""

VERSION = "0.1.0"
