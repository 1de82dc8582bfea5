package yamlfile

import (
	"errors"
	"maps"
	"net/url"
	"reflect"
	"strings"
)

// Structure reads a mapping into a structure of another module, whose keys are
// those of its yaml tags, and has it validate itself. It is for configuration
// that users know from elsewhere: the keys are the same, and mistakes are told
// as everywhere in this package. Keys that skip names are unknown.
func (v Value) Structure(into any, skip func(key string) bool) {
	structure{skip}.read(v, reflect.ValueOf(into).Elem())
}

type structure struct{ skip func(key string) bool }

// scalar is what reads itself from a text, in the manner of the YAML library's
// second version.
type scalar interface {
	UnmarshalYAML(unmarshal func(any) error) error
}

// validator is what finds its own mistakes, those between its keys.
type validator interface{ Validate() error }

// read reads a value into one of a structure's, or the whole of it.
func (r structure) read(v Value, into reflect.Value) {
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		r.read(v, into.Elem())
	case reflect.Bool:
		v.Boolean(into.Addr().Interface().(*bool))
	case reflect.Slice:
		v.Items(func(item Value) { into.Set(reflect.Append(into, r.element(item, into.Type()))) })
	case reflect.Map:
		into.Set(reflect.MakeMap(into.Type()))
		v.Entries(func(name string, _, entry Value) {
			into.SetMapIndex(reflect.ValueOf(name), r.element(entry, into.Type()))
		})
	default:
		r.readOne(v, into)
	}
}

// element reads what becomes part of a value of the given type.
func (r structure) element(v Value, of reflect.Type) reflect.Value {
	one := reflect.New(of.Elem()).Elem()
	r.read(v, one)
	return one
}

// readOne reads a text, a structure, or what reads itself from a text, as an
// address does.
func (r structure) readOne(v Value, into reflect.Value) {
	address := into.Addr().Interface()
	fields, names := r.fields(into), namesAnything(into)
	own, isScalar := address.(scalar)
	switch {
	case names.IsValid():
		r.read(v, names)
	case len(fields) > 0:
		v.Fields(fields)
	case isScalar:
		v.scalar(own)
	default:
		v.Text(address.(*string))
	}
	if own, ok := address.(validator); ok {
		if err := own.Validate(); err != nil {
			v.Problem("%s", err)
		}
	}
}

// namesAnything returns the mapping that a structure consists of, if it does.
func namesAnything(s reflect.Value) reflect.Value {
	if s.Kind() == reflect.Struct && s.NumField() == 1 && s.Field(0).Kind() == reflect.Map {
		return s.Field(0)
	}
	return reflect.Value{}
}

// fields returns what reads each key of a structure; nothing for other values,
// and structures without keys.
func (r structure) fields(of reflect.Value) map[string]func(Value) {
	fields := make(map[string]func(Value))
	if of.Kind() != reflect.Struct {
		return fields
	}
	for field, value := range of.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline" && value.Kind() == reflect.Struct:
			maps.Copy(fields, r.fields(value))
		case name != "" && name != "-" && !r.skip(name):
			fields[name] = func(v Value) { r.read(v, value) }
		}
	}
	return fields
}

// scalar has a value read itself from a text. What is wrong is told without
// the text, which may be a secret.
func (v Value) scalar(into scalar) {
	text, single := v.Scalar()
	if !single || v.node.ShortTag() != "!!str" || text == "" {
		v.Problem("is not a text; quote it if it is meant as one")
		return
	}
	err := into.UnmarshalYAML(func(to any) error {
		reflect.ValueOf(to).Elem().SetString(text)
		return nil
	})
	switch notURL := (*url.Error)(nil); {
	case errors.As(err, &notURL): // repeats the text
		v.Problem("is not a URL")
	case err != nil:
		v.Problem("%s", err)
	}
}
