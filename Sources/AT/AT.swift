// AT
