"""MQTT 3.1.1 and 5.0 (OASIS): codec, cases for servers, and a reference broker with faults."""
