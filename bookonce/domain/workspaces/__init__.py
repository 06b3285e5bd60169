"""Operations across rooms of the domain: founding a workspace."""
