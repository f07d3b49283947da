// Tests of AT.
