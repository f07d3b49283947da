// Tests of Modem.
