"""Input from forms and API alike, validated once field by field; and output models, one for each object."""
