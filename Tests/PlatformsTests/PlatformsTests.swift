// Tests of Platforms.
