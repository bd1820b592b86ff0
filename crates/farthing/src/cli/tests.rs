use clap::{CommandFactory as _, Parser as _};

use super::*;

/// clap's own check of names, clashes and defaults, which it otherwise makes when a command is used.
#[test]
fn the_commands_fit_together() {
    Cli::command().debug_assert();
}

/// Help is part of the contract: whoever changes it sees it here.
#[test]
fn help_texts_are_as_written() {
    let mut root = without_environment(Cli::command());
    root.build();
    insta::assert_snapshot!("farthing", root.render_long_help());
    for command in root.get_subcommands_mut() {
        let mut text = command.render_long_help().to_string();
        for below in command.get_subcommands_mut() {
            text.push_str(&format!("\n{:=<100}\n\n{}", "", below.render_long_help()));
        }
        insta::assert_snapshot!(command.get_name(), text);
    }
}

/// The help of whoever runs the tests must not show what stands in that person's environment.
fn without_environment(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    let command = command.mut_args(|argument| argument.hide_env_values(true));
    names.iter().fold(command, |command, name| command.mut_subcommand(name, without_environment))
}

/// Slips that must not turn into calls.
#[test]
fn wrong_usage_is_refused() {
    for line in [
        "",
        "pay",
        "pay --amount",
        "inquire",
        "inquire 1 --request-id 2",
        "refund 1",
        "apply-token",
        "revoke",
        "clock advance 25",
        "clock advance -1h",
        "clock set 2026-02-30T00:00:00Z",
        "wallet add W",
        "client add C --merchant M --dialect morse --public-key f",
        "authorization approve A",
        "admin add alice",
        "admin add alice --role owner",
        "admin add alice --role viewer --password secret",
        "erase",
        "erase --user U --before 2026-01-31",
        "erase --before 2026-02-30",
        "erase --user U --merchant M",
        "dev --listen nowhere",
        "dev --log info,x=loud",
        "pay --amount 1 --show sideways",
    ] {
        let words = ["farthing"].into_iter().chain(line.split_whitespace());
        assert!(Cli::try_parse_from(words).is_err(), "{line:?} was taken");
    }
}

/// Lines from the documents, taken as they stand there.
#[test]
fn documented_lines_are_taken() {
    for line in [
        "dev --data d --listen 127.0.0.1:0 --tls-listen 127.0.0.1:443 --admin-listen 127.0.0.1:0 --seed 7",
        "pay --amount 12.34",
        "pay --cashier --amount 1 --currency HKD --redirect-url https://shop.example/back -v",
        "pay --body - --json",
        "inquire 20261123120000000000000000000001",
        "inquire --request-id order-1",
        "refund 20261123120000000000000000000001 --amount 1.00",
        "inquire-refund --request-id r-1",
        "consult --redirect-url https://shop.example/back --auth-state s",
        "apply-token CODE",
        "apply-token --refresh-token T",
        "revoke TOKEN",
        "wallet fund W --amount -5.00",
        "clock advance 25h --world w",
        "clock set 2026-11-23T12:00:00+08:00",
        "clock auto",
        "erase --payment 20261123120000000000000000000001 --dry-run",
        "erase --before 2026-01-31 --why retention",
        "verify --json --data d",
        "admin add alice --role operator",
        "admin add bob --role viewer --password-file - --token",
        "admin set alice --role viewer --json",
        "admin remove alice --why left",
        "admin list --limit 5",
        "admin acts --json",
        "admin pending",
        "admin confirm 20261123120000000000000000000001 --why checked",
        "admin decline 20261123120000000000000000000001",
        "completions bash",
        "merchant list --log info,farthing=debug --log-format json",
    ] {
        let words = ["farthing"].into_iter().chain(line.split_whitespace());
        if let Err(error) = Cli::try_parse_from(words) {
            panic!("{line:?}: {error}");
        }
    }
}
