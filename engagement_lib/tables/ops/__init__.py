"""Operations: what the runs themselves write down, as tables like all others."""
