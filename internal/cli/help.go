package cli

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"leaver/internal/locale"
)

// describe puts the texts of the catalogue into the grammar.
func (s *session) describe(node *kong.Node) {
	path := pathOf(node)
	node.Help = s.text("cli.help." + path)
	if node.Parent == nil {
		node.Help = s.text("cli.about.leaver")
	}
	for _, flag := range node.Flags {
		flag.Help = s.flagText(path, flag.Name)
	}
	for _, argument := range node.Positional {
		argument.Help = s.text("cli.argument." + argument.Name)
	}
	for _, child := range node.Children {
		s.describe(child)
	}
}

// flagText explains a flag: as this command means it, or as every one does.
func (s *session) flagText(path, name string) string {
	name = camel(name)
	if key := "cli.flag." + path + "." + name; locale.Has(s.lang, key) {
		return s.text(key)
	}
	return s.text("cli.flag." + name)
}

// pathOf names a command in the catalogue: user.list.
func pathOf(node *kong.Node) string {
	var words []string
	for ; node != nil && node.Parent != nil; node = node.Parent {
		words = append(words, camel(node.Name))
	}
	slices.Reverse(words)
	return strings.Join(words, ".")
}

// camel writes set-quantity as setQuantity.
func camel(name string) string {
	parts := strings.Split(name, "-")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}

// groups are the parts of the list of commands, in order.
var groups = []string{"begin", "leave", "bin", "people", "org", "rest"}

// help writes what a command does, how it is called, and examples.
func (s *session) help(node *kong.Node) {
	s.ink = newInk(s.Terminal.Out && s.Getenv("NO_COLOR") == "")
	s.printf("%s\n", wrapped(node.Help, s.columns(), ""))
	if key := "cli.about." + pathOf(node); node.Parent != nil && locale.Has(s.lang, key) {
		s.printf("\n%s\n", wrapped(s.text(key), s.columns(), ""))
	}
	s.title(s.text("cli.title.usage"))
	s.printf("  %s\n", usageLine(node))
	s.examples(node)
	s.helpCommands(node)
	s.helpArguments(node)
	s.helpFlags(node)
	if node.Parent == nil {
		s.printf("\n%s\n", s.text("cli.help.more"))
	}
}

// commandLine names a command as it is typed.
func commandLine(node *kong.Node) string {
	words := []string{}
	for at := node; at != nil; at = at.Parent {
		words = append(words, at.Name)
	}
	slices.Reverse(words)
	return strings.Join(words, " ")
}

// usageLine writes how a command is called.
func usageLine(node *kong.Node) string {
	words := []string{commandLine(node)}
	if len(node.Children) > 0 {
		return strings.Join(append(words, "COMMAND", "…"), " ")
	}
	for _, argument := range node.Positional {
		name := strings.ToUpper(argument.Name)
		if argument.IsCumulative() {
			name += "…"
		}
		if !argument.Required {
			name = "[" + name + "]"
		}
		words = append(words, name)
	}
	return strings.Join(append(words, "[FLAGS]"), " ")
}

// examples writes command lines to start from.
func (s *session) examples(node *kong.Node) {
	key := "cli.example." + pathOf(node)
	if node.Parent == nil {
		key = "cli.example.leaver"
	}
	if !locale.Has(s.lang, key) {
		return
	}
	s.title(s.text("cli.title.examples"))
	for line := range strings.SplitSeq(s.text(key), "\n") {
		s.printf("  %s\n", line)
	}
}

func (s *session) helpCommands(node *kong.Node) {
	if node.Parent != nil {
		if len(node.Children) > 0 {
			s.title(s.text("cli.title.commands"))
		}
		s.commandLines(node.Children)
		return
	}
	for _, group := range groups {
		s.title(s.text("cli.group." + group))
		s.commandLines(slices.DeleteFunc(slices.Clone(node.Children), func(child *kong.Node) bool {
			return child.Group == nil || child.Group.Key != group
		}))
	}
}

func (s *session) commandLines(nodes []*kong.Node) {
	for _, node := range nodes {
		name := node.Name
		if len(node.Children) > 0 {
			var below []string
			for _, child := range node.Children {
				below = append(below, child.Name)
			}
			name += " " + strings.Join(below, "|")
		}
		s.twoColumns(name, node.Help)
	}
}

func (s *session) helpArguments(node *kong.Node) {
	if len(node.Positional) > 0 {
		s.title(s.text("cli.title.arguments"))
	}
	for _, argument := range node.Positional {
		s.twoColumns(strings.ToUpper(argument.Name), argument.Help)
	}
}

// helpFlags writes the flags of a command, its choices apart, and then those
// that every command has.
func (s *session) helpFlags(node *kong.Node) {
	var own, choices []*kong.Flag
	for _, flag := range node.Flags {
		switch {
		case flag.Hidden || node.Parent == nil:
		case flag.Group != nil && flag.Group.Key == "choices":
			choices = append(choices, flag)
		default:
			own = append(own, flag)
		}
	}
	root := node
	for root.Parent != nil {
		root = root.Parent
	}
	s.flagLines("cli.title.choices", choices)
	s.flagLines("cli.title.flags", own)
	s.flagLines("cli.title.globals", root.Flags)
	s.twoColumns("-h, --help", s.text("cli.flag.help"))
}

func (s *session) flagLines(title string, flags []*kong.Flag) {
	if len(flags) == 0 {
		return
	}
	s.title(s.text(title))
	for _, flag := range flags {
		name := "    --"
		if flag.Short != 0 {
			name = "-" + string(flag.Short) + ", --"
		}
		if flag.Tag.Negatable != "" {
			name += "[no-]"
		}
		name += flag.Name
		if !flag.IsBool() {
			name += " " + firstOf(flag.PlaceHolder, flag.FormatPlaceHolder())
		}
		text := flag.Help
		if flag.HasDefault && flag.Default != "" && flag.Default != "-" {
			text += " " + s.text("cli.flagDefault", "value", flag.Default)
		}
		s.twoColumns(name, text)
	}
}

// twoColumns writes a name and what it means.
func (s *session) twoColumns(name, meaning string) {
	const left = 32
	indent := strings.Repeat(" ", left)
	name = "  " + name
	padding := strings.Repeat(" ", max(left-width(name), 0))
	if width(name) >= left {
		padding = "\n" + indent
	}
	s.printf("%s%s%s\n", name, padding, wrapped(meaning, s.columns(), indent))
}

// complaints are what the parser says, and the keys of our words for it.
var complaints = []struct {
	pattern *regexp.Regexp
	code    string
}{
	{regexp.MustCompile(`^unknown flag (?P<value>-\d[^,\s]*)`), "negative"},
	{regexp.MustCompile(`^unknown flag (?P<flag>[^,]+), did you mean (?:one of )?(?P<near>.+)\?$`), "unknownFlagNear"},
	{regexp.MustCompile(`^unknown flag (?P<flag>\S+)$`), "unknownFlag"},
	{regexp.MustCompile(`^unexpected argument (?P<argument>[^,]+), did you mean (?:one of )?(?P<near>.+)\?$`), "unexpectedNear"},
	{regexp.MustCompile(`^unexpected (?:argument|token) (?P<argument>.+)$`), "unexpected"},
	{regexp.MustCompile(`^missing flags: (?P<flags>.+)$`), "missingFlags"},
	{regexp.MustCompile(`^(?P<a>--\S+) and (?P<b>--\S+) can't be used together$`), "together"},
	{regexp.MustCompile(`^expected (?:one of )?"(?P<words>[a-z].*)"`), "missingCommand"},
	{regexp.MustCompile(`^expected "?(?P<words><.+>)`), "missingArgument"},
	{regexp.MustCompile(`^missing positional arguments (?P<words>.+)$`), "missingArgument"},
	{regexp.MustCompile(`^(?P<flag>\S+) must be one of (?P<words>.+) but got (?P<value>".*")$`), "notOneOf"},
	{regexp.MustCompile(`^(?P<flag>[^:]+): expected a valid \d+ bit u?int but got (?P<value>".*?")`), "wholeNumber"},
	{regexp.MustCompile(`^--[^:]+: expected \S+ value but got "(?P<value>-\d[^"]*)"`), "negative"},
	{regexp.MustCompile(`^(?P<flag>--[^:]+): (?:missing value|expected \S+ value but got .*(?:EOL|flag))`), "missingValue"},
	{regexp.MustCompile(`^(?P<flag>--[^:]+): .*$`), "badFlagValue"},
	{regexp.MustCompile(`^(?P<flag><[^>]+>(?:\.\.\.)?): .*$`), "badFlagValue"},
}

// usageFault says in the reader's language what the parser has against a
// command line.
func (s *session) usageFault(err error) *Fault {
	f := usage("usage", "detail", err.Error())
	for _, c := range complaints {
		found := c.pattern.FindStringSubmatch(err.Error())
		if found == nil {
			continue
		}
		f = usage("usage." + c.code)
		for i, name := range c.pattern.SubexpNames() {
			if name != "" {
				f.Args = append(f.Args, name, tidy(found[i]))
			}
		}
		break
	}
	command := "leaver"
	var parse *kong.ParseError
	if errors.As(err, &parse) {
		command = commandLine(selected(parse.Context))
	}
	f.Advice = s.text("cli.advice.usage", "command", command+" --help")
	return f
}

// tidy writes what the parser quotes or lists as people do. A lone dash stands
// for a flag that wasn't given, and nobody types it.
func tidy(words string) string {
	list := strings.Split(strings.ReplaceAll(words, `"`, ""), ",")
	list = slices.DeleteFunc(list, func(w string) bool { return strings.TrimSpace(w) == "" || w == "-" && len(list) > 1 })
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return strings.Join(list, ", ")
}
