"""Models that help attacks and measures: encoder, tagger, language model; and runtimes."""
