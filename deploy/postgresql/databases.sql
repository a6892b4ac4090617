-- Beside `referrals`, which the image makes: the keys of its persons, apart from their data, and notifications' own.
CREATE DATABASE referrals_keys;
CREATE DATABASE notifications;
