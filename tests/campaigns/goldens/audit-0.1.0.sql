PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE weaklink_schema (version INTEGER PRIMARY KEY);
INSERT INTO weaklink_schema VALUES(1);
INSERT INTO weaklink_schema VALUES(2);
CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY,
    created TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL
);
INSERT INTO campaigns VALUES(1,'2026-11-27T02:51:28.181646+00:00','ef2e7a1b3262a1cc1d9e8d527fcc22d70d09dd51fb2d88dae8be8cef37f5e533','{"victims":[{"name":"other:classify","fingerprint":"3dbe48fe1e15959cc2d5737806882ba53903a6421baf371dadae85c7f9852a5c","role":"upstream","labels":["LABEL_0","LABEL_1"],"details":{"source":"Python callable other:classify"},"warnings":[{"check":"accuracy-near-chance","message":"The model is right on 3 of 4 samples (75%), which cannot be told from always giving the most frequent label (75%). A high ASR then shows that the model never understood the data, and not that it is fragile."}]},{"name":"toy:classify","fingerprint":"902a369a62edc1f495abfaa48c7c77cda2675a9c45c1b9905938098a51695594","role":"downstream","labels":["LABEL_0","LABEL_1"],"details":{"source":"Python callable toy:classify"},"warnings":[{"check":"accuracy-near-chance","message":"The model is right on 4 of 4 samples (100%), which cannot be told from always giving the most frequent label (75%). A high ASR then shows that the model never understood the data, and not that it is fragile."}]}],"attacks":[{"name":"pwws","fingerprint":"6e5576ef4cebc07018e5f72b7f512ac3","paper":"Ren et al. 2019, Generating Natural Language Adversarial Examples through Probability Weighted Word Saliency, https://aclanthology.org/P19-1103","parameters":{"named_entities":true},"repetitions":1}],"data":{"name":"data.csv","source":"file data.csv","split":"file","labels":["negative","positive"],"fingerprint":"28908a81d4a0b83205898738099d35c65b202ce114f44ded9d05c9630b85af2b","sample_ids":["file:15","file:7","file:4","file:9"]},"seed":0,"target":null,"max_queries":null,"provenance":{"weaklink":"0.1.0","torch":"2.13.0+cpu","transformers":"5.24.0","tokenizers":"0.23.3","sentence-transformers":"6.2.0","spacy":"3.8.18","nltk":"3.10.4","numpy":"2.4.6","python":"3.11.7","platform":"Linux-6.18.44-fc-v782-x86_64-with-glibc2.36","device":"cpu","threads":"2"}}');
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
    error TEXT, notes TEXT NOT NULL DEFAULT '{}', original_perplexity DOUBLE PRECISION, adversarial_perplexity DOUBLE PRECISION, language_model TEXT,
    PRIMARY KEY (
        victim_fingerprint, attack_fingerprint, data_fingerprint, seed, sample_id, repetition
    )
);
INSERT INTO outcomes VALUES('3dbe48fe1e15959cc2d5737806882ba53903a6421baf371dadae85c7f9852a5c','6e5576ef4cebc07018e5f72b7f512ac3','28908a81d4a0b83205898738099d35c65b202ce114f44ded9d05c9630b85af2b','file:15',0,0,'other:classify','pwws','data.csv','succeeded','a bad film with a bad plot number 7','negative',0,'LABEL_0',0,0.7138067143706445794,'a regretful film with a bad plot number 7','LABEL_1',0.38131619426868257338,54,9,1,0.90980000000000005311,1.4344731685478002702,0,NULL,'{}',NULL,NULL,NULL);
INSERT INTO outcomes VALUES('3dbe48fe1e15959cc2d5737806882ba53903a6421baf371dadae85c7f9852a5c','6e5576ef4cebc07018e5f72b7f512ac3','28908a81d4a0b83205898738099d35c65b202ce114f44ded9d05c9630b85af2b','file:7',0,0,'other:classify','pwws','data.csv','succeeded','a bad film with a bad plot number 3','negative',0,'LABEL_0',0,0.64357260817960804111,'a regretful film with a bad plot number 3','LABEL_1',0.30852888758660657053,54,9,1,0.89619999999999999662,1.3670762035480841234,0,NULL,'{}',NULL,NULL,NULL);
INSERT INTO outcomes VALUES('3dbe48fe1e15959cc2d5737806882ba53903a6421baf371dadae85c7f9852a5c','6e5576ef4cebc07018e5f72b7f512ac3','28908a81d4a0b83205898738099d35c65b202ce114f44ded9d05c9630b85af2b','file:9',0,0,'other:classify','pwws','data.csv','succeeded','a bad film with a bad plot number 4','negative',0,'LABEL_1',1,0.67189509519276791049,'a bad film with a bad patch number 4','LABEL_0',0.4493462229657393947,54,9,1,0.78970000000000006856,1.3671211075470530715,0,NULL,'{}',NULL,NULL,NULL);
INSERT INTO outcomes VALUES('3dbe48fe1e15959cc2d5737806882ba53903a6421baf371dadae85c7f9852a5c','6e5576ef4cebc07018e5f72b7f512ac3','28908a81d4a0b83205898738099d35c65b202ce114f44ded9d05c9630b85af2b','file:4',0,0,'other:classify','pwws','data.csv','succeeded','a good film with a good plot number 2','positive',1,'LABEL_1',1,0.94724906629882243969,'a sound film with a sound plot number 2','LABEL_0',0.47930013248624503408,85,9,2,0.6178000000000000158,3.8400786813563496657,0,NULL,'{}',NULL,NULL,NULL);
INSERT INTO outcomes VALUES('902a369a62edc1f495abfaa48c7c77cda2675a9c45c1b9905938098a51695594','6e5576ef4cebc07018e5f72b7f512ac3','28908a81d4a0b83205898738099d35c65b202ce114f44ded9d05c9630b85af2b','file:9',0,0,'toy:classify','pwws','data.csv','succeeded','a bad film with a bad plot number 4','negative',0,'LABEL_0',0,0.90747869684950299706,'a regretful film with a bad plot number 4','LABEL_1',0.3509925876312443016,54,9,1,0.89840000000000008739,3.7441405569750583204,0,NULL,'{}',NULL,NULL,NULL);
INSERT INTO outcomes VALUES('902a369a62edc1f495abfaa48c7c77cda2675a9c45c1b9905938098a51695594','6e5576ef4cebc07018e5f72b7f512ac3','28908a81d4a0b83205898738099d35c65b202ce114f44ded9d05c9630b85af2b','file:4',0,0,'toy:classify','pwws','data.csv','succeeded','a good film with a good plot number 2','positive',1,'LABEL_1',1,0.9972350958913414054,'a sound film with a sound plot number 2','LABEL_0',0.47930013248624503408,85,9,2,0.6178000000000000158,1.6037021557406747618,0,NULL,'{}',NULL,NULL,NULL);
INSERT INTO outcomes VALUES('902a369a62edc1f495abfaa48c7c77cda2675a9c45c1b9905938098a51695594','6e5576ef4cebc07018e5f72b7f512ac3','28908a81d4a0b83205898738099d35c65b202ce114f44ded9d05c9630b85af2b','file:15',0,0,'toy:classify','pwws','data.csv','succeeded','a bad film with a bad plot number 7','negative',0,'LABEL_0',0,0.98042906636798121677,'a regretful film with a regretful plot number 7','LABEL_1',0.13217358770286258273,55,9,2,0.78550000000000008704,1.6230557606399564907,0,NULL,'{}',NULL,NULL,NULL);
INSERT INTO outcomes VALUES('902a369a62edc1f495abfaa48c7c77cda2675a9c45c1b9905938098a51695594','6e5576ef4cebc07018e5f72b7f512ac3','28908a81d4a0b83205898738099d35c65b202ce114f44ded9d05c9630b85af2b','file:7',0,0,'toy:classify','pwws','data.csv','succeeded','a bad film with a bad plot number 3','negative',0,'LABEL_0',0,0.97316650583416564046,'a regretful film with a regretful plot number 3','LABEL_1',0.099309889685872621001,55,9,2,0.76580000000000003623,1.5948253146438695626,0,NULL,'{}',NULL,NULL,NULL);
COMMIT;
