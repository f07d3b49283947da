// Renders a chart as Helm would, as far as this project's chart goes: Go's templates, sprig, include, tpl, required,
// toYaml, and values over values. For the tests, where there is no Helm.
//
//	render CHART RELEASE NAMESPACE [VALUES.yaml…]
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

func main() {
	if len(os.Args) < 4 {
		fail(errors.New("usage: render CHART RELEASE NAMESPACE [VALUES.yaml…]"))
	}
	text, err := render(os.Args[1], os.Args[2], os.Args[3], os.Args[4:])
	if err != nil {
		fail(err)
	}
	fmt.Print(text)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "render:", err)
	os.Exit(1)
}

func render(chart, release, namespace string, files []string) (string, error) {
	values := map[string]interface{}{}
	for _, file := range append([]string{filepath.Join(chart, "values.yaml")}, files...) {
		more, err := read(file)
		if err != nil {
			return "", err
		}
		values = over(values, more)
	}
	about, err := read(filepath.Join(chart, "Chart.yaml"))
	if err != nil {
		return "", err
	}
	context := map[string]interface{}{
		"Values": values,
		"Chart": map[string]interface{}{
			"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"],
		},
		"Release": map[string]interface{}{
			"Name": release, "Namespace": namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false,
			"Revision": 1,
		},
		"Capabilities": map[string]interface{}{
			"KubeVersion": map[string]interface{}{"Version": "v1.28.0", "Major": "1", "Minor": "28"},
		},
	}
	names, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return "", err
	}
	sort.Strings(names)
	all := template.New("").Option("missingkey=zero")
	all.Funcs(sprig.TxtFuncMap()).Funcs(functions(all))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		if _, err := all.New(inner(about, name)).Parse(string(text)); err != nil {
			return "", err
		}
	}
	var result strings.Builder
	for _, name := range names {
		context["Template"] = map[string]interface{}{
			"Name": inner(about, name), "BasePath": fmt.Sprint(about["name"], "/templates"),
		}
		text, err := execute(all, inner(about, name), context)
		if err != nil {
			return "", err
		}
		if strings.HasSuffix(name, ".yaml") && strings.TrimSpace(text) != "" {
			fmt.Fprintf(&result, "---\n# Source: %s\n%s\n", inner(about, name), text)
		}
	}
	return result.String(), nil
}

func inner(about map[string]interface{}, name string) string {
	return fmt.Sprint(about["name"], "/templates/", filepath.Base(name))
}

// Helm shows nothing where a value is missing.
func execute(all *template.Template, name string, data interface{}) (string, error) {
	var buffer bytes.Buffer
	err := all.ExecuteTemplate(&buffer, name, data)
	return strings.ReplaceAll(buffer.String(), "<no value>", ""), err
}

func functions(all *template.Template) template.FuncMap {
	return template.FuncMap{
		"include": func(name string, data interface{}) (string, error) { return execute(all, name, data) },
		"tpl": func(text string, data interface{}) (string, error) {
			clone, err := all.Clone()
			if err != nil {
				return "", err
			}
			if _, err := clone.New("tpl").Parse(text); err != nil {
				return "", err
			}
			return execute(clone, "tpl", data)
		},
		"required": func(message string, value interface{}) (interface{}, error) {
			if value == nil || value == "" {
				return nil, errors.New(message)
			}
			return value, nil
		},
		"toYaml": func(value interface{}) (string, error) {
			text, err := yaml.Marshal(value)
			return strings.TrimSuffix(string(text), "\n"), err
		},
		"lookup": func(...string) map[string]interface{} { return map[string]interface{}{} },
	}
}

func read(file string) (map[string]interface{}, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	values := map[string]interface{}{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return floats(values).(map[string]interface{}), nil
}

// Helm reads YAML by way of JSON, where every number is a float.
func floats(value interface{}) interface{} {
	switch value := value.(type) {
	case int:
		return float64(value)
	case map[string]interface{}:
		for key := range value {
			value[key] = floats(value[key])
		}
	case []interface{}:
		for index := range value {
			value[index] = floats(value[index])
		}
	}
	return value
}

// Tables are merged, everything else is replaced, and null takes away.
func over(under, upper map[string]interface{}) map[string]interface{} {
	for key, value := range upper {
		table, isTable := value.(map[string]interface{})
		below, wasTable := under[key].(map[string]interface{})
		switch {
		case value == nil:
			delete(under, key)
		case isTable && wasTable:
			under[key] = over(below, table)
		default:
			under[key] = value
		}
	}
	return under
}
