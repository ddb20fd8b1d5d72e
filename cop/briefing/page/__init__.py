"""The briefing map: one page that opens in any browser, without a network and without us."""
