package nhs

import (
	"fmt"
	"html/template"
	"reflect"
	"strconv"
	"strings"
)

// fill puts a value from a page into dst, which is a component, an option of
// one, or one of several. A string may stand for a set of options that has a
// text, as in the design system's own macros.
func fill(dst reflect.Value, value any) error {
	if value == nil {
		return nil
	}
	src := reflect.ValueOf(value)
	if src.Type().AssignableTo(dst.Type()) {
		dst.Set(src)
		return nil
	}
	switch dst.Kind() {
	case reflect.Pointer:
		return fillPointer(dst, value)
	case reflect.Struct:
		return fillStruct(dst, value)
	case reflect.Slice:
		return fillSlice(dst, src)
	case reflect.Map:
		return fillMap(dst, src)
	case reflect.String:
		return fillString(dst, src)
	case reflect.Int:
		return fillInt(dst, src)
	}
	return fmt.Errorf("want %v, got %T", dst.Type(), value)
}

// fillPointer makes what dst points to. True stands for one without options, and
// false for none, even where there would be one if nothing were said.
func fillPointer(dst reflect.Value, value any) error {
	made := reflect.New(dst.Type().Elem())
	if on, ok := value.(bool); ok && made.Elem().Kind() == reflect.Struct {
		absent := fieldNamed(made.Elem(), "absent")
		if !on && !absent.IsValid() {
			return nil
		}
		if !on {
			absent.SetBool(true)
		}
		dst.Set(made)
		return nil
	}
	if err := fill(made.Elem(), value); err != nil {
		return err
	}
	dst.Set(made)
	return nil
}

func fillStruct(dst reflect.Value, value any) error {
	switch value := value.(type) {
	case map[string]any:
		for name, option := range value {
			at := fieldNamed(dst, name)
			if !at.IsValid() {
				return fmt.Errorf("there is no option %s", name)
			}
			if err := fill(at, option); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	case template.HTML:
		if at := fieldNamed(dst, "html"); at.IsValid() {
			return fill(at, value)
		}
	case []any: // where several may stand for a set that holds them
		if at := fieldNamed(dst, "items"); at.IsValid() {
			return fill(at, value)
		}
	case bool:
		if at := fieldNamed(dst, "shown"); at.IsValid() {
			return fill(at, value)
		}
	}
	if at := fieldNamed(dst, "text"); at.IsValid() {
		return fill(at, value)
	}
	return fmt.Errorf("want options, got %T", value)
}

// fieldNamed returns the field of an option: the design system writes
// describedBy where Go writes DescribedBy, and id where Go writes ID.
func fieldNamed(dst reflect.Value, option string) reflect.Value {
	return dst.FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, option) })
}

func fillSlice(dst, src reflect.Value) error {
	if src.Kind() == reflect.Map { // one stands for a list of one
		src = reflect.ValueOf([]any{src.Interface()})
	}
	if src.Kind() != reflect.Slice {
		return fmt.Errorf("want several, got %v", src.Type())
	}
	for i := range src.Len() {
		item := src.Index(i).Interface()
		if left, ok := item.(bool); item == nil || item == "" || ok && !left {
			continue // the design system's macros skip an item that is empty
		}
		made := reflect.New(dst.Type().Elem()).Elem()
		if err := fill(made, item); err != nil {
			return fmt.Errorf("item %d: %w", i+1, err)
		}
		dst.Set(reflect.Append(dst, made))
	}
	return nil
}

func fillMap(dst, src reflect.Value) error {
	if src.Kind() != reflect.Map {
		return fmt.Errorf("want a set, got %v", src.Type())
	}
	made := reflect.MakeMapWithSize(dst.Type(), src.Len())
	for _, key := range src.MapKeys() {
		value := reflect.New(dst.Type().Elem()).Elem()
		if err := fill(value, src.MapIndex(key).Interface()); err != nil {
			return fmt.Errorf("%v: %w", key, err)
		}
		made.SetMapIndex(key, value)
	}
	dst.Set(made)
	return nil
}

// fillString writes numbers and named strings as text. Text never becomes
// HTML: only what a template has drawn is HTML.
func fillString(dst, src reflect.Value) error {
	if dst.Type() == reflect.TypeFor[template.HTML]() {
		return fmt.Errorf("want HTML that a template has drawn, got %v", src.Type())
	}
	switch src.Kind() {
	case reflect.String:
		dst.SetString(src.String())
	case reflect.Int, reflect.Int64:
		dst.SetString(strconv.FormatInt(src.Int(), 10))
	case reflect.Float64:
		dst.SetString(strconv.FormatFloat(src.Float(), 'f', -1, 64))
	case reflect.Bool:
		dst.SetString(strconv.FormatBool(src.Bool()))
	default:
		if text, ok := src.Interface().(fmt.Stringer); ok {
			dst.SetString(text.String())
			return nil
		}
		return fmt.Errorf("want text, got %v", src.Type())
	}
	return nil
}

func fillInt(dst, src reflect.Value) error {
	switch src.Kind() {
	case reflect.Int, reflect.Int64:
		dst.SetInt(src.Int())
	case reflect.Float64:
		dst.SetInt(int64(src.Float()))
	case reflect.String:
		n, err := strconv.Atoi(src.String())
		if err != nil {
			return fmt.Errorf("want a number, got %q", src.String())
		}
		dst.SetInt(int64(n))
	default:
		return fmt.Errorf("want a number, got %v", src.Type())
	}
	return nil
}
