print("narrowbridge")
