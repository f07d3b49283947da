// Tests of Serial.
