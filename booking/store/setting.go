package store

import (
	"context"
	"errors"
)

const (
	getSetting = `SELECT value FROM settings WHERE name = $1`
	setSetting = `
INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	offerSetting = `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
)

// Setting returns a single fact of this installation, and whether it is known.
func (tx *Tx) Setting(ctx context.Context, name string) (value string, known bool, err error) {
	value, err = one(ctx, tx, "setting", errNothing, scalar[string], getSetting, name)
	if errors.Is(err, errNothing) {
		return "", false, nil
	}
	return value, err == nil, err
}

// SetSetting saves a single fact of this installation. Others who would save it wait.
func (tx *Tx) SetSetting(ctx context.Context, name, value string) error {
	if err := tx.inTurn(ctx, Resource{settingRow, name}); err != nil {
		return err
	}
	return tx.save(ctx, "set setting", setSetting, name, value)
}

// SettingOr returns a setting, which is fresh if there was none: the first of
// several programs that start at once to make a key makes it for all of them.
func (s *Store) SettingOr(ctx context.Context, name, fresh string) (value string, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		if _, err := tx.run(ctx, "offer setting", offerSetting, name, fresh); err != nil {
			return err
		}
		value, _, err = tx.Setting(ctx, name)
		return err
	})
	return value, err
}
