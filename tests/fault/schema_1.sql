-- What the first version had otherwise: undoes each step of `upgrades` in core/store.c, the latest first. A new step brings its line here.
DROP TABLE rules_candidates; -- 4
DROP INDEX deadlines_at; CREATE INDEX deadlines_at ON deadlines (at_ms); -- 3
DROP TABLE case_stays; -- 2
UPDATE meta SET value = '1' WHERE key = 'schema';
