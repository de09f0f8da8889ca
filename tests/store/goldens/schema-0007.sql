CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY,
    created TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL
);
CREATE TABLE figures (
    key TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE leases (
    block TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until DOUBLE PRECISION NOT NULL,
    pending INTEGER NOT NULL,
    deaths INTEGER NOT NULL
);
CREATE TABLE outcomes (
    victim_fingerprint TEXT NOT NULL,
    attack_fingerprint TEXT NOT NULL,
    data_fingerprint TEXT NOT NULL,
    sample_id TEXT NOT NULL,
    repetition INTEGER NOT NULL,
    seed BIGINT NOT NULL,
    victim TEXT NOT NULL,
    attack TEXT NOT NULL,
    dataset TEXT NOT NULL,
    status TEXT NOT NULL,
    original_text TEXT NOT NULL,
    gold_label TEXT NOT NULL,
    gold_index INTEGER,
    original_label TEXT,
    original_index INTEGER,
    original_probability DOUBLE PRECISION,
    adversarial_text TEXT,
    adversarial_label TEXT,
    adversarial_probability DOUBLE PRECISION,
    queries BIGINT NOT NULL,
    words INTEGER NOT NULL,
    words_changed INTEGER,
    similarity DOUBLE PRECISION,
    seconds DOUBLE PRECISION NOT NULL,
    cut BOOLEAN NOT NULL,
    error TEXT, notes TEXT NOT NULL DEFAULT '{}', original_perplexity DOUBLE PRECISION, adversarial_perplexity DOUBLE PRECISION, language_model TEXT, text_before TEXT, text_after TEXT,
    PRIMARY KEY (
        victim_fingerprint, attack_fingerprint, data_fingerprint, seed, sample_id, repetition
    )
);
CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    created TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE registrations (
    digest TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    outcomes BIGINT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE weaklink_schema (version INTEGER PRIMARY KEY);
