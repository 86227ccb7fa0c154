//! Documents that come in beside the pack's own pages: nothing twice, nothing lost, nothing read by more people than before.

use std::path::PathBuf;

use domain::knowledge::{Audience, Kind, Node, Source, Viewer};
use engine::pages::{Installed, Shipped};
use knowledge::import::{Among, Imported, Limits, RoleMap, merge_navigation, read_among};

use crate::world::World;

/// With the pack's own pages.
async fn world() -> World {
    let world = World::staffed(&[]).await;
    seed(&world).await;
    world
}

async fn seed(world: &World) -> Installed {
    let shipped = Shipped::read(&crate::world::files()).expect("the shipped knowledge");
    world.engine.install_pages(shipped.drafts, Source::Pack, "pack", false).await.unwrap()
}

/// Brings files in together, as the command does.
async fn bring(world: &World, files: &[(&str, &str)]) -> Installed {
    let among = Among::new(files.iter().map(|(name, _)| *name));
    let mut all = Imported::default();
    for (name, text) in files {
        let limits = Limits::default();
        let read = read_among(name, text.as_bytes(), &limits, &RoleMap::new(), &among).unwrap();
        all.documents.extend(read.documents);
        merge_navigation(&mut all.navigation, read.navigation);
    }
    let brought = world.engine.brought(all);
    world.engine.install_pages(brought.drafts, Source::Import, "import", false).await.unwrap()
}

fn viewer(world: &World, audience: Audience) -> Viewer {
    Viewer { audience, day: world.engine.today() }
}

fn titles(nodes: &[Node], out: &mut Vec<String>) {
    for node in nodes {
        out.push(node.title.clone());
        titles(&node.below, out);
    }
}

fn seen_by(world: &World, audience: Audience) -> Vec<String> {
    let mut out = Vec::new();
    titles(&world.engine.library().tree(viewer(world, audience)), &mut out);
    out
}

async fn body(world: &World, slug: &str) -> String {
    let viewer = viewer(world, Audience::Supervisors);
    world.engine.open_page(slug, viewer, None).await.unwrap().text.body.clone()
}

/// KB-PAGE-3, MEDSUP-NAV-6: entries of the site's menu that are here under another title are not made again, and what is for
/// supervisors stays for supervisors.
#[tokio::test]
async fn a_menu_that_is_here_already_adds_nothing_and_shows_nobody_more() {
    let world = world().await;
    let before = seen_by(&world, Audience::Staff);
    let menu = "<nav><ul><li><a href=\"/p/\">Policy</a><ul><li>IM14 Requests (Supervisors Only)</li></ul></li>\
        <li>EVS<ul><li>IIVE</li></ul></li><li>Night Desk (Supervisors Only)<ul><li>Night Keys</li></ul></li></ul></nav>";
    let page = format!(
        "<html><body>{menu}<article><h1>Boats</h1><p>Boats are moored at night here.</p></article></body></html>"
    );
    let made = bring(&world, &[("boats.html", &page)]).await;
    assert_eq!(made.added, ["night-desk-supervisors-only", "night-keys", "brought-in", "boats"]);
    let mut after = seen_by(&world, Audience::Staff);
    after.retain(|title| !before.contains(title));
    after.sort();
    assert_eq!(after, ["Boats", "Brought in"], "nothing for supervisors alone");
    let library = world.engine.library();
    for slug in ["im-14-requests", "night-desk-supervisors-only", "night-keys"] {
        assert!(library.readable(slug, viewer(&world, Audience::Staff)).is_none(), "{slug}");
        assert!(library.readable(slug, viewer(&world, Audience::Supervisors)).is_some(), "{slug}");
    }
    // A document of the same name is for the same people.
    bring(&world, &[("x.md", "# IM14 Requests\n\nHow to ask.\n")]).await;
    let library = world.engine.library();
    assert!(library.readable("x", viewer(&world, Audience::Staff)).is_none());
    assert!(library.readable("x", viewer(&world, Audience::Supervisors)).is_some());
}

/// The real exports, where the machine has them.
#[expect(clippy::disallowed_methods, reason = "a test finds the documents where the machine has them")]
fn seeds() -> Vec<(String, String)> {
    let folder = std::env::var("HEARTHLINE_SEEDS").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..").join("shared").join("seeds"),
        PathBuf::from,
    );
    let Ok(entries) = std::fs::read_dir(&folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "txt"));
    paths.sort();
    let text = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    paths.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), text(path))).collect()
}

/// The five documents are fourteen pages, whose menu is here already; a second import of them changes nothing.
#[tokio::test]
async fn the_five_documents_are_fourteen_pages_and_come_in_once() {
    let seeds = seeds();
    if seeds.is_empty() {
        return;
    }
    let world = world().await;
    let mut files: Vec<(&str, &str)> =
        seeds.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let made = bring(&world, &files).await;
    assert_eq!((made.added.len(), made.updated.len()), (14, 0), "{made:?}");
    let library = world.engine.library();
    assert!(made.added.iter().all(|slug| library.page(slug).unwrap().1.described), "{made:?}");
    assert!(!seen_by(&world, Audience::Staff).iter().any(|title| title.contains("Supervisors Only")));
    assert!(body(&world, "memo-im-05").await.contains("OVERTIME PAYROLL SHEET"));
    for _ in 0..2 {
        let again = bring(&world, &files).await;
        assert_eq!((again.added.len(), again.updated.as_slice(), again.unchanged), (0, &[][..], 14));
        files.reverse();
    }
    let alone = bring(&world, &files[..1]).await;
    assert_eq!((alone.added.len(), alone.updated.len()), (0, 0), "{alone:?}");
}

/// KB-PAGE-3: an entry of the menu that has no text yet is filled by the document of its name, for good.
#[tokio::test]
async fn a_document_fills_the_entry_of_the_menu_that_waits_for_it() {
    let world = world().await;
    let empty = "instructions-for-the-front-desk-sop";
    let before = world.engine.library().page(empty).unwrap().1.clone();
    assert!(before.is_bare());
    let text = "<html><body><article><h1>Instructions for the Front Desk SOP</h1><p>Greet everybody who comes in.</p></article></body></html>";
    let made = bring(&world, &[("front.html", text)]).await;
    assert_eq!((made.added.len(), made.updated.as_slice()), (0, &[empty.to_owned()][..]));
    assert!(body(&world, empty).await.contains("Greet everybody"));
    let page = world.engine.library().page(empty).unwrap().1.clone();
    assert_eq!((&page.parent, page.position, page.kind), (&before.parent, before.position, Kind::Article));
    // The next start of the program, and the next import of the same, leave it as it is.
    assert_eq!(seed(&world).await.kept, [empty]);
    assert!(body(&world, empty).await.contains("Greet everybody"));
    let again = bring(&world, &[("front.html", text)]).await;
    assert_eq!((again.added.len(), again.updated.len(), again.unchanged), (0, 0, 1));
    let newer = text.replace("everybody", "everyone");
    assert_eq!(bring(&world, &[("front.html", &newer)]).await.updated, [empty]);
}

/// MEDSUP-NAV-1: every system, screen, form, line and place that the documents name is an entry of the tree.
#[tokio::test]
async fn each_of_the_268_systems_of_the_documents_is_an_entry_of_its_own() {
    let world = world().await;
    let files = crate::world::files();
    let table = |name: &str, rows: &str| {
        let table: toml::Table = files.get(name).unwrap().parse().unwrap();
        table[rows].as_array().unwrap().clone()
    };
    let nodes = table("knowledge/navigation.toml", "node");
    let mut tree = Vec::new();
    let library = world.engine.library();
    tree_slugs(&library.tree(viewer(&world, Audience::Supervisors)), &mut tree);
    let mut found = std::collections::BTreeSet::new();
    for system in table("clauses/systems.toml", "system") {
        let name = system["name"].as_str().unwrap();
        let node = nodes.iter().find(|node| node.get("system").and_then(|one| one.as_str()) == Some(name));
        let node = node.unwrap_or_else(|| panic!("{name} is nowhere in the menu"));
        let title = node["title"].as_str().unwrap();
        let page = library.pages().find(|page| {
            let told = page.editions.last().is_some_and(|edition| edition.title == title);
            (told || page.trail_name.as_deref() == Some(title))
                && !found.contains(&page.slug)
                && tree.contains(&page.slug)
        });
        let page = page.unwrap_or_else(|| panic!("{title} is in nobody's tree"));
        let kind = match node["kind"].as_str().unwrap() {
            "section" => Some(Kind::Section),
            "hand_off" => Some(Kind::HandOff),
            "calculator" => Some(Kind::Calculator),
            "form" => Some(Kind::Form),
            _ => None,
        };
        assert!(kind.is_none_or(|kind| page.kind == kind), "{title} is a {:?}", page.kind);
        found.insert(page.slug.clone());
    }
    assert_eq!(found.len(), 268);
}

fn tree_slugs(nodes: &[Node], out: &mut Vec<String>) {
    for node in nodes {
        out.push(node.slug.clone());
        tree_slugs(&node.below, out);
    }
}

/// Links between files that come in together lead from page to page, whatever addresses the pages get.
#[tokio::test]
async fn links_between_files_of_one_import_are_kept() {
    let world = world().await;
    let one = "<html><body><article><h1>Desk one</h1><p>See <a href=\"two.html\">two</a>, <a href=\"two.html#part\">its part</a>, \
        <a href=\"two.html#gone\">lost</a>, <a href=\"four.md\">four</a> and <a href=\"d/four.md\">the other four</a>.</p></article></body></html>";
    let two = "<html><body><article><h1>SMS Text SOP</h1><p>Words of a page.</p><h2 id=\"part\">A part of two</h2><p>More words.</p></article></body></html>";
    let four = "# Four\n\nBack to [one](one.html).\n";
    let other = "# Other four\n\nBack to [one](../one.html#x), or [away](https://a.example/).\n";
    let files = [("in/four.md", four), ("in/d/four.md", other), ("in/one.html", one), ("in/two.html", two)];
    bring(&world, &files).await;
    let text = body(&world, "desk-one").await;
    for link in [
        "[two](kb:agency-sms-text-sop)",
        "[its part](kb:agency-sms-text-sop#a-part-of-two)",
        "[lost](kb:agency-sms-text-sop)",
        "[four](kb:four)",
        "[the other four](kb:four-2)",
    ] {
        assert!(text.contains(link), "{link} in {text}");
    }
    assert!(body(&world, "four").await.contains("[one](kb:desk-one)"));
    assert!(body(&world, "four-2").await.contains("[one](kb:desk-one), or [away](https://a.example/)"));
    let again = bring(&world, &files).await;
    assert_eq!((again.added.len(), again.updated.len()), (0, 0), "{again:?}");
}
