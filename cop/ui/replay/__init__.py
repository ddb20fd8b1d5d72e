"""The past on the screen: windows over what was, beside the live one or in its place."""
