/**
 * Terms for the measure, English to Portuguese: words of everyday English, what a model says for them by itself, and
 * another word of the same field that it hardly ever says. Singular and plural stand in the same order; at the end the
 * genders of the usual word and of the term.
 */
export interface LexiconEntry {
  readonly sources: readonly string[];
  /** What translations without terms say. */
  readonly usual: readonly string[];
  readonly targets: readonly string[];
  /** The usual word and the term have the same grammatical gender: nothing around the term has to change. */
  readonly sameGender: boolean;
  readonly feminine: boolean;
}

const WORDS = `
country countries | país países | nação nações | m f
world | mundo | globo | m m
city cities | cidade cidades | município municípios | f m
town towns | cidade cidades | vila vilas | f f
home homes | casa casas lar lares | domicílio domicílios | f m
place places | lugar lugares local locais | sítio sítios | m m
site sites | local locais site sites | sítio sítios | m m
language languages | língua línguas idioma idiomas | linguagem linguagens | f f
child children | criança crianças | miúdo miúdos | f m
temple temples | templo templos | santuário santuários | m m
century centuries | século séculos | centúria centúrias | m f
history | história | historial | f m
season seasons | temporada temporadas estação estações | época épocas | f f
night nights | noite noites | madrugada madrugadas | f f
mile miles | milha milhas | légua léguas | f f
system systems | sistema sistemas | mecanismo mecanismos | m m
knowledge | conhecimento conhecimentos | sabedoria | m f
area areas | área áreas | zona zonas | f f
culture cultures | cultura culturas | civilização civilizações | f f
region regions | região regiões | comarca comarcas | f f
event events | evento eventos | acontecimento acontecimentos | m m
problem problems | problema problemas | dificuldade dificuldades | m f
police | polícia | gendarmaria | f f
information | informação informações | elementos | f m
school schools | escola escolas | colégio colégios | f m
food | comida alimento alimentos | alimentação | f f
energy | energia | potência | f f
activity activities | atividade atividades | ocupação ocupações | f f
body bodies | corpo corpos | organismo organismos | m m
lens lenses | lente lentes | objetiva objetivas | f f
type types | tipo tipos | espécie espécies | m f
fire fires | fogo incêndio incêndios | chama chamas | m f
company companies | empresa empresas companhia companhias | sociedade sociedades | f f
government governments | governo governos | executivo executivos | m m
nation nations | nação nações país países | pátria pátrias | f f
name names | nome nomes | designação designações | m f
attack attacks | ataque ataques | ofensiva ofensivas | m f
person people | pessoa pessoas | indivíduo indivíduos | f m
summer summers | verão verões | estio estios | m m
building buildings | edifício edifícios prédio prédios | imóvel imóveis | m m
station stations | estação estações | terminal terminais | f m
book books | livro livros | obra obras | m f
level levels | nível níveis | patamar patamares | m m
wind winds | vento ventos | ventania ventanias | m f
student students | estudante estudantes aluno alunos | discente discentes | m m
economy economies | economia economias | conjuntura conjunturas | f f
website websites | site sites | sítio_eletrônico sítios_eletrônicos | m m
animal animals | animal animais | bicho bichos | m m
organization organizations | organização organizações | entidade entidades | f f
scene scenes | cena cenas | cenário cenários | f m
winter winters | inverno invernos | invernia invernias | m f
word words | palavra palavras | vocábulo vocábulos | f m
requirement requirements | requisito requisitos | exigência exigências | m f
hotel hotels | hotel hotéis | hospedaria hospedarias | m f
airline airlines | companhia_aérea companhias_aéreas | transportadora transportadoras | f f
snow | neve | nevasca | f f
income | renda | rendimento | f m
goal goals | gol gols objetivo objetivos | meta metas | m f
speed speeds | velocidade velocidades | rapidez rapidez | f f
phone phones | telefone telefones | telemóvel telemóveis | m m
television | televisão | televisor | f m
industry industries | indústria indústrias | setor setores | f m
media | mídia | imprensa | f f
group groups | grupo grupos | conjunto conjuntos | m m
family families | família famílias | agregado_familiar agregados_familiares | f m
test tests | teste testes | ensaio ensaios | m m
bank banks | banco bancos | instituição_bancária instituições_bancárias | m f
ship ships | navio navios | embarcação embarcações | m f
bulb bulbs | lâmpada lâmpadas | ampola ampolas | f f
surface surfaces | superfície superfícies | face faces | f f
storm storms | tempestade tempestades | temporal temporais | f m
pain | dor dores | sofrimento | f m
death deaths | morte mortes | óbito óbitos | f m
island islands | ilha ilhas | ilhéu ilhéus | f m
protest protests | protesto protestos | manifestação manifestações | m f
traffic | tráfego trânsito | circulação | m f
team teams | equipe equipes time times | equipa equipas | f f
rate rates | taxa taxas | índice índices | f m
network networks | rede redes | malha malhas | f f
car cars | carro carros | viatura viaturas | m f
vehicle vehicles | veículo veículos | automóvel automóveis | m m
club clubs | clube clubes | agremiação agremiações | m f
case cases | caso casos | situação situações | m f
reason reasons | razão razões motivo motivos | causa causas | f f
life lives | vida vidas | existência existências | f f
video videos | vídeo vídeos | filmagem filmagens | m f
source sources | fonte fontes | origem origens | f f
boat boats | barco barcos | lancha lanchas | m f
amount amounts | quantidade quantidades | montante montantes | f m
authorities | autoridades | órgãos_competentes | f m
officials | funcionários autoridades | dirigentes | m m
citizen citizens | cidadão cidadãos | munícipe munícipes | m m
heat | calor | quentura | m f
condition conditions | condição condições | circunstância circunstâncias | f f
independence | independência | autonomia | f f
edge edges | borda bordas | beira beiras | f f
president presidents | presidente presidentes | mandatário mandatários | m m
war wars | guerra guerras | conflito conflitos | f m
doctor doctors | médico médicos | clínico clínicos | m m
scientist scientists | cientista cientistas | investigador investigadores | m m
researcher researchers | pesquisador pesquisadores | investigador investigadores | m m
road roads | estrada estradas | rodovia rodovias | f f
money | dinheiro | numerário | m m
law laws | lei leis | norma normas | f f
river rivers | rio rios | curso_de_água cursos_de_água | m m
mountain mountains | montanha montanhas | serra serras | f f
street streets | rua ruas | via vias | f f
price prices | preço preços | valor valores | m m
plant plants | planta plantas | vegetal vegetais | f m
disease diseases | doença doenças | enfermidade enfermidades | f f
patient patients | paciente pacientes | doente doentes | m m
tool tools | ferramenta ferramentas | utensílio utensílios | f m
airport airports | aeroporto aeroportos | aeródromo aeródromos | m m
aircraft | aeronave aeronaves avião aviões | aparelho aparelhos | f m
plane planes | avião aviões | aeronave aeronaves | m f
train trains | trem trens | comboio comboios | m m
bus buses | ônibus | autocarro autocarros | m m
border borders | fronteira fronteiras | divisa divisas | f f
army armies | exército exércitos | tropa tropas | m f
weapon weapons | arma armas | armamento armamentos | f m
election elections | eleição eleições | sufrágio sufrágios | f m
trip trips | viagem viagens | deslocação deslocações | f f
player players | jogador jogadores | atleta atletas | m m
planet planets | planeta planetas | astro astros | m m
machine machines | máquina máquinas | aparelho aparelhos | f m
computer computers | computador computadores | ordenador ordenadores | m m
teacher teachers | professor professores | docente docentes | m m
woman women | mulher mulheres | senhora senhoras | f f
man men | homem homens | senhor senhores | m m
room rooms | quarto quartos sala salas | aposento aposentos | m m
beach beaches | praia praias | orla orlas | f f
forest forests | floresta florestas | mata matas | f f
prime_minister prime_ministers | primeiro-ministro | chefe_do_governo chefes_do_governo | m m
tourist_attraction tourist_attractions | atração_turística atrações_turísticas | ponto_de_interesse pontos_de_interesse | f m
`;

const forms = (list = ''): string[] => list.trim().split(/\s+/).map((form) => form.replaceAll('_', ' '));

export const lexicon: readonly LexiconEntry[] = WORDS.trim().split('\n').map((line) => {
  const [sources = [], usual = [], targets = [], genders = []] = line.split('|').map(forms);
  return { sources, usual, targets, sameGender: genders[0] === genders[1], feminine: genders[1] === 'f' };
});

/** Names that a translation would put into Portuguese, and must leave alone here. */
export const namesToKeep: readonly { readonly name: string; readonly usual: string }[] = [
  ['London', 'Londres'], ['Germany', 'Alemanha'], ['France', 'França'], ['Japan', 'Japão'], ['Egypt', 'Egito'], ['Greece', 'Grécia'], ['Italy', 'Itália'], ['Spain', 'Espanha'],
  ['Russia', 'Rússia'], ['Iraq', 'Iraque'], ['Turkey', 'Turquia'], ['Scotland', 'Escócia'], ['Africa', 'África'], ['Europe', 'Europa'], ['Antarctica', 'Antártica'], ['New York', 'Nova York'],
  ['South Africa', 'África do Sul'], ['New Zealand', 'Nova Zelândia'], ['Hong Kong', 'Hong Kong'], ['Singapore', 'Singapura'], ['Berlin', 'Berlim'], ['Paris', 'Paris'],
].map(([name = '', usual = '']) => ({ name, usual }));

/** Portuguese determiners that have a gender. */
export const DETERMINERS: { readonly masculine: readonly string[]; readonly feminine: readonly string[] } = {
  masculine: ['o', 'os', 'do', 'dos', 'no', 'nos', 'ao', 'aos', 'pelo', 'pelos', 'um', 'uns', 'este', 'estes', 'esse', 'esses', 'aquele', 'aqueles', 'outro', 'outros', 'novo', 'novos', 'primeiro', 'muitos'],
  feminine: ['a', 'as', 'da', 'das', 'na', 'nas', 'à', 'às', 'pela', 'pelas', 'uma', 'umas', 'esta', 'estas', 'essa', 'essas', 'aquela', 'aquelas', 'outra', 'outras', 'nova', 'novas', 'primeira', 'muitas'],
};
